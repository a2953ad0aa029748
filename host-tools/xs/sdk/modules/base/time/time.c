/* The SDK's time module on the virtual clock. Date is in UTC: the host program has no time zone. */
#include "host.h"
#include "clock.h"

/* A number of milliseconds or microseconds since the start; as an integer while it fits XS's. */
static void result(txMachine *the, txNumber value) {
	mxResult->kind = XS_NUMBER_KIND;
	mxResult->value.number = value;
	if (value >= -2147483648.0 && value <= 2147483647.0 && value == c_floor(value)) {
		mxResult->kind = XS_INTEGER_KIND;
		mxResult->value.integer = (txInteger)value;
	}
}

void xs_time_set(txMachine *the) {
	txNumber seconds = fxToNumber(the, mxArgv(0));
	if (!(seconds >= -8.64e12 && seconds <= 8.64e12))
		mxRangeError("time: no Date has that many seconds since 1970");
	simClockSetEpoch(seconds * 1000.0);
}

void xs_time_timezone_get(txMachine *the) {
	result(the, 0);
}

void xs_time_timezone_set(txMachine *the) {
	if (fxToNumber(the, mxArgv(0)) != 0)
		mxRangeError("time zone: the host program runs in UTC");
}

void xs_time_dst_get(txMachine *the) {
	result(the, 0);
}

void xs_time_dst_set(txMachine *the) {
	if (fxToNumber(the, mxArgv(0)) != 0)
		mxRangeError("daylight saving: the host program runs in UTC");
}

void xs_time_ticks(txMachine *the) {
	result(the, simClockTicks());
}

void xs_time_microseconds(txMachine *the) {
	result(the, (txNumber)simClockNow());
}

void xs_time_delta(txMachine *the) {
	const uint32_t start = fxToUnsigned(the, mxArgv(0));
	const uint32_t end = hostArgc(the) > 1 ? fxToUnsigned(the, mxArgv(1)) : (uint32_t)simClockTicks();
	result(the, (int32_t)(end - start));
}
