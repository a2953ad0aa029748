/*
 * The end of a thread's C stack, which XS wants for each text that it compiles, regular expressions included. The C library looks for it in all of the
 * process's mappings: once will do.
 */
#include "host.h"

char *xsCStackLimit(void);

char *fxCStackLimit(void) {
	static __thread char *limit;
	if (!limit)
		limit = xsCStackLimit();
	return limit;
}
