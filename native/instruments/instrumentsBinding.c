#include "xsmc.h"
#include "mc.xs.h"
#include "arguments.h"
#include "instrumentsHal.h"

void xs_instruments_start(xsMachine *the) {
	instrumentsHalStart(the);
}

/* index, value */
void xs_instruments_set(xsMachine *the) {
	const int32_t which = argumentInteger(the, 0, "instrument", 0, INSTRUMENT_COUNT - 1);
	const int32_t value = argumentInteger(the, 1, "value", INT32_MIN, INT32_MAX);
	instrumentsHalSet((unsigned)which, value);
}
