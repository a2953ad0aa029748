/* Whether and why a program begins anew, on this machine and on the emulated chip. */
#include "host.h"
#include "powered.h"

int hostRestarts(void) {
	const char *option = getenv("LOAM_RESTARTS");
	size_t i;
	if (option && !strcmp(option, "never"))
		return 0;
	for (i = 0; i < hostNativeCount; i++)
		if (!strcmp(hostNatives[i].name, "xs_sleep_deep"))
			return 1;
	return 0;
}

void hostStartAgain(int code) {
	if (code == HOST_EXIT_EXCEPTION || code == HOST_EXIT_RESOURCES)
		simPoweredCrash();
}
