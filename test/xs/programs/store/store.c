/* Stores a word where script says. */
#include "xsmc.h"
#include "mc.xs.h"

#include <stdint.h>

void xs_test_store(xsMachine *the) {
	*(volatile uint32_t *)(uintptr_t)xsmcToNumber(xsArg(0)) = 0;
}
