#include "xsmc.h"
#include "mc.xs.h"
#include "arguments.h"
#include "retained.h"
#include "sleepHal.h"

void xs_sleep_can(xsMachine *the) {
	xsmcSetBoolean(xsResult, sleepHalCanSleep());
}

void xs_sleep_cause(xsMachine *the) {
	xsmcSetInteger(xsResult, sleepHalCause());
}

/* ms */
void xs_sleep_rtc(xsMachine *the) {
	xsmcSetNumber(xsResult, (double)sleepHalRtc() / 1000.0);
}

typedef struct {
	uint8_t *memory;
	size_t bytes;
} Area;

static Area areaOf(xsMachine *the, int argument) {
	const int32_t number = argumentInteger(the, argument, "sleep: area", 0, 2);
	uint8_t *memory = sleepHalRetained();
	return number == 0 ? (Area){ memory, SLEEP_STATE_BYTES }
					   : (Area){ memory + SLEEP_STATE_BYTES + (number - 1) * SLEEP_SMALL_BYTES, SLEEP_SMALL_BYTES };
}

/* layout, area -> the record, or undefined */
void xs_sleep_read(xsMachine *the) {
	const uint32_t layout = (uint32_t)argumentInteger(the, 0, "sleep: layout", INT32_MIN, INT32_MAX);
	const Area area = areaOf(the, 1);
	size_t length;
	const uint8_t *record = retainedRead(area.memory, area.bytes, layout, &length);
	if (record)
		xsmcSetArrayBuffer(xsResult, (void *)record, (xsIntegerValue)length);
}

/* layout, buffer, length, area */
void xs_sleep_write(xsMachine *the) {
	const uint32_t layout = (uint32_t)argumentInteger(the, 0, "sleep: layout", INT32_MIN, INT32_MAX);
	const uint32_t length = (uint32_t)argumentInteger(the, 2, "sleep: length", 0, SLEEP_RETAINED_BYTES);
	const Area area = areaOf(the, 3);
	void *bytes;
	xsUnsignedValue available;
	xsmcGetBufferReadable(xsArg(1), &bytes, &available);
	if (length > available)
		xsRangeError("sleep: the record has %u bytes, %u are to be written", (unsigned)available, (unsigned)length);
	if (!retainedWrite(area.memory, area.bytes, layout, bytes, length))
		xsRangeError(
			"sleep: a record of %u bytes, at most %u fit", (unsigned)length, (unsigned)retainedRoom(area.bytes));
}

void xs_sleep_erase(xsMachine *the) {
	(void)the;
	retainedErase(sleepHalRetained(), SLEEP_STATE_BYTES);
}

/* buffer */
void xs_sleep_checksum(xsMachine *the) {
	void *bytes;
	xsUnsignedValue count;
	xsmcGetBufferReadable(xsArg(0), &bytes, &count);
	if (!count)
		xsRangeError("sleep: a checksum of no bytes");
	xsmcSetInteger(xsResult, (int32_t)retainedCrc(0, bytes, count));
}

/* ms */
void xs_sleep_deep(xsMachine *the) {
	const double milliseconds = xsmcToNumber(xsArg(0));
	if (!sleepHalCanSleep())
		xsUnknownError("sleep: this platform has no deep sleep");
	/* The limit of esp_sleep_enable_timer_wakeup is the RTC's 48 bits at 150 kHz; a month is enough. */
	if (!(milliseconds >= 1 && milliseconds <= 2678400000.0))
		xsRangeError("sleep: 1 ms to 31 days expected");
	sleepHalDeep((uint64_t)(milliseconds * 1000.0));
}

static int32_t pinOf(xsMachine *the) {
	return argumentInteger(the, 0, "sleep: pin", 0, 63);
}

void xs_sleep_hold(xsMachine *the) {
	sleepHalHold(pinOf(the));
}

void xs_sleep_release(xsMachine *the) {
	sleepHalRelease(pinOf(the));
}

void xs_sleep_keep(xsMachine *the) {
	sleepHalKeep(pinOf(the));
}

void xs_sleep_awake(xsMachine *the) {
	sleepHalAwake(xsmcTest(xsArg(0)));
}

void xs_sleep_light(xsMachine *the) {
	xsmcSetBoolean(xsResult, sleepHalLight());
}
