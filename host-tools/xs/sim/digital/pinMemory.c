/* The levels of the simulated board's wires: they outlast the program where the pads are held (powered.h). */
#include "xsmc.h"
#include "mc.xs.h"
#include "arguments.h"
#include "powered.h"

static int32_t pinOf(xsMachine *the) {
	return argumentInteger(the, 0, "pin", 0, simPoweredPins - 1);
}

void xs_simpins_read(xsMachine *the) {
	xsmcSetInteger(xsResult, simPowered()->levels[pinOf(the)]);
}

/* pin, level: what a held pad has on its wire stays */
void xs_simpins_write(xsMachine *the) {
	const int32_t pin = pinOf(the), level = argumentInteger(the, 1, "level", 0, 1);
	simPoweredDrive(pin, level);
}
