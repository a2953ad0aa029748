/* A crash is the end of the emulated chip's run. */
#include "host.h"

void hostStartAgain(int code) {
	(void)code;
}
