/* Stores a word where script says, loads one from there, or calls it. */
#include "xsmc.h"
#include "mc.xs.h"

#include <stdint.h>

static uintptr_t address(xsMachine *the) {
	return (uintptr_t)xsmcToNumber(xsArg(0));
}

void xs_test_store(xsMachine *the) {
	*(volatile uint32_t *)address(the) = 0;
}

void xs_test_load(xsMachine *the) {
	(void)*(volatile uint32_t *)address(the);
}

void xs_test_call(xsMachine *the) {
	((void (*)(void))address(the))();
}
