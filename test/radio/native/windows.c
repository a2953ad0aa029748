/* A transmission's receive windows, which the driver opens by itself. */
#include <string.h>

#include "clock.h"
#include "sx127xChip.h"
#include "talk.h"

static const uint64_t second = 1000000;

/* Two windows of this modulation, a second and two seconds after the transmission. */
static void exchange(const LoraModulation *answer) {
	const LoraWindow windows[] = { { *answer, (int32_t)second, 8 }, { *answer, 2 * (int32_t)second, 8 } };
	CHECK_THAT(!loraExchange(&bench[0].radio, &benchModulation, 14, talkPayload, 10, windows, 2, &talkRefusal));
	while (bench[0].events[LORA_EVENT_DONE] == 0)
		benchRun(1000);
}

static bool isAsleep(void) {
	if (bench[0].radio.board.chip <= LORA_SX1268)
		return bench[0].sx126x.mode == SX126X_SIM_SLEEP;
	return (bench[0].sx127x.mode & 7) == SX127X_MODE_SLEEP;
}

/* Checks the window that is open `after` the transmission. */
static void opensAfter(uint64_t end, uint64_t after) {
	CHECK_THAT(bench[0].receiver != NULL);
	if (bench[0].receiver)
		CHECK_THAT(bench[0].receiver->openedAt >= end + after && bench[0].receiver->openedAt < end + after + 300);
}

static uint64_t begin(LoraChip chip, const LoraModulation *answer) {
	talkPower(chip, LORA_SX1262);
	loraStandby(&bench[1].radio);
	benchRun(100000);
	memset(bench[0].events, 0, sizeof bench[0].events);
	exchange(answer);
	CHECK_THAT(bench[0].event.operation == LORA_TRANSMIT && bench[0].event.window == LORA_NO_WINDOW);
	CHECK_THAT(bench[0].event.time == bench[0].sent.end);
	return bench[0].sent.end;
}

static void runTo(uint64_t time) {
	benchRun(time - simClockNow());
}

static const LoraChip chips[] = { LORA_SX1262, LORA_SX1276 };

/* Both open at their time after the end of the transmission; the chip sleeps up to each. */
static void opensBothWindows(void) {
	unsigned i;
	for (i = 0; i < 2; i++) {
		const uint64_t end = begin(chips[i], &benchModulation);
		uint64_t after;
		for (after = second; after <= 2 * second; after += second) {
			runTo(end + after - second / 2);
			CHECK_THAT(isAsleep());
			runTo(end + after + 1000);
			opensAfter(end, after);
		}
		runTo(end + 3 * second);
		CHECK_THAT(bench[0].events[LORA_EVENT_NOTHING] == 2 && bench[0].event.window == 1);
		CHECK_THAT(bench[0].radio.operation == LORA_IDLE);
		talkWithoutComplaints();
	}
}

/*
 * From the end of the transmission to the first window the chip is awake only to go to sleep and to be set up: with the typical currents of the data sheets
 * for standby and sleep, mA, this takes less than a thirtieth of a second of standby.
 */
static void sleepsUpToTheFirstWindow(void) {
	static const double standby[] = { 0.8, 1.6 }, asleep[] = { 0.0012, 0.0002 };
	unsigned i;
	for (i = 0; i < 2; i++) {
		const uint64_t end = begin(chips[i], &benchModulation);
		const uint64_t until = end + second;
		uint64_t awake = 0;
		double charge;
		while (simClockNow() < until) {
			const uint64_t from = simClockNow();
			const bool wasAsleep = isAsleep();
			benchRun(100);
			awake += wasAsleep ? 0 : simClockNow() - from;
		}
		charge = ((double)awake * standby[i] + (double)(second - awake) * asleep[i]) / 1e6;
		CHECK_THAT(awake > 1000 && awake < 30000);
		CHECK_THAT(charge < standby[i] / 30);
		runTo(end + 3 * second);
		talkWithoutComplaints();
	}
}

/* An answer in either; after one in the first the second opens all the same, unless it is cancelled. */
static void hearsInEachWindow(void) {
	unsigned i;
	int window;
	for (i = 0; i < 2; i++)
		for (window = 0; window < 3; window++) {
			const uint64_t end = begin(chips[i], &benchModulation);
			const uint64_t at = end + (window == 1 ? 2 : 1) * second;
			runTo(at - 1500);
			talkTransmit(1, &benchModulation, 12);
			runTo(at + 100000);
			CHECK_THAT(bench[0].events[LORA_EVENT_PACKET] == 1 && bench[0].event.window == window % 2);
			CHECK_THAT(bench[0].event.bytes == 12 && !memcmp(bench[0].payload, talkPayload, 12));
			if (window == 2)
				loraSleep(&bench[0].radio, true);
			runTo(end + 3 * second);
			CHECK_THAT(bench[0].events[LORA_EVENT_NOTHING] == (window == 2 ? 0 : 1));
			talkWithoutComplaints();
		}
}

/* A packet in the first lasts beyond the second: that one stays closed, and says so. */
static void leavesOutALateWindow(void) {
	LoraModulation slow = benchModulation;
	unsigned i;
	slow.sf = 12;
	for (i = 0; i < 2; i++) {
		const uint64_t end = begin(chips[i], &slow);
		runTo(end + second - 1500);
		talkTransmit(1, &slow, 40);
		runTo(end + 2 * second + second / 2);
		CHECK_THAT(bench[1].sent.end > end + 2 * second + LORA_WINDOW_TOO_LATE);
		CHECK_THAT(bench[0].events[LORA_EVENT_PACKET] == 0);
		runTo(bench[1].sent.end + 10000);
		CHECK_THAT(bench[0].events[LORA_EVENT_PACKET] == 1 && bench[0].events[LORA_EVENT_NOTHING] == 1);
		CHECK_THAT(bench[0].event.kind == LORA_EVENT_NOTHING && bench[0].event.window == 1);
		CHECK_THAT(bench[0].receiver == NULL && bench[0].radio.operation == LORA_IDLE);
		talkWithoutComplaints();
	}
}

/* A chip that fails in both windows: an error of each, and it is over. */
static void endsWithErrors(void) {
	const uint64_t end = begin(LORA_SX1262, &benchModulation);
	runTo(end + second / 2);
	benchFaults(0)->busyStuck = true;
	runTo(end + 4 * second);
	CHECK_THAT(bench[0].events[LORA_EVENT_ERROR] == 2 && bench[0].event.window == 1);
	CHECK_THAT(bench[0].events[LORA_EVENT_NOTHING] == 0 && bench[0].radio.operation == LORA_IDLE);
	benchFaults(0)->busyStuck = false;
}

/* A chip that fails in the first window only is reset, and hears what comes in the second. */
static void hearsAfterAnError(void) {
	unsigned i;
	for (i = 0; i < 2; i++) {
		const uint64_t end = begin(chips[i], &benchModulation);
		const bool hasBusy = chips[i] <= LORA_SX1268;
		runTo(end + second / 2);
		benchFaults(0)->busyStuck = hasBusy;
		benchFaults(0)->noInterrupt = !hasBusy;
		runTo(end + second + second / 2);
		CHECK_THAT(bench[0].events[LORA_EVENT_ERROR] == 1 && bench[0].event.window == 0);
		benchFaults(0)->busyStuck = benchFaults(0)->noInterrupt = false;
		runTo(end + 2 * second - 1500);
		talkTransmit(1, &benchModulation, 12);
		runTo(end + 2 * second + 100000);
		CHECK_THAT(bench[0].events[LORA_EVENT_PACKET] == 1 && bench[0].event.window == 1);
		CHECK_THAT(bench[0].event.bytes == 12 && !memcmp(bench[0].payload, talkPayload, 12));
		CHECK_THAT(bench[0].radio.operation == LORA_IDLE);
	}
}

/* A transmission that fails has no windows. */
static void failsBeforeItsWindows(void) {
	const LoraWindow windows[] = { { benchModulation, (int32_t)second, 8 },
		{ benchModulation, 2 * (int32_t)second, 8 } };
	talkPower(LORA_SX1276, LORA_SX1262);
	loraStandby(&bench[0].radio);
	benchRun(100000);
	memset(bench[0].events, 0, sizeof bench[0].events);
	benchFaults(0)->txHangs = true;
	CHECK_THAT(!loraExchange(&bench[0].radio, &benchModulation, 14, talkPayload, 10, windows, 2, &talkRefusal));
	benchRun(4 * second);
	CHECK_THAT(bench[0].events[LORA_EVENT_ERROR] == 1 && bench[0].event.window == LORA_NO_WINDOW);
	CHECK_THAT(bench[0].events[LORA_EVENT_NOTHING] == 0 && bench[0].radio.operation == LORA_IDLE);
}

static void refusesWindows(void) {
	LoraWindow windows[LORA_WINDOWS + 1] = { { benchModulation, (int32_t)second, 8 },
		{ benchModulation, (int32_t)second, 8 }, { benchModulation, 3 * (int32_t)second, 8 } };
	LoraRadio *radio = &bench[0].radio;
	const uint32_t ticket = radio->ticket;
	CHECK_THAT(loraExchange(radio, &benchModulation, 14, talkPayload, 10, windows, 2, &talkRefusal) &&
		strstr(talkRefusal.text, "delay"));
	windows[1].delay++;
	CHECK_THAT(loraExchange(radio, &benchModulation, 14, talkPayload, 10, windows, 3, &talkRefusal) &&
		strstr(talkRefusal.text, "at most 2"));
	windows[1].timeoutSymbols = 0;
	CHECK_THAT(loraExchange(radio, &benchModulation, 14, talkPayload, 10, windows, 2, &talkRefusal) &&
		strstr(talkRefusal.text, "timeoutSymbols 0"));
	CHECK_THAT(radio->ticket == ticket && radio->operation == LORA_IDLE);
}

const Case windowCases[] = {
	CASE(opensBothWindows),
	CASE(sleepsUpToTheFirstWindow),
	CASE(hearsInEachWindow),
	CASE(leavesOutALateWindow),
	CASE(endsWithErrors),
	CASE(hearsAfterAnError),
	CASE(failsBeforeItsWindows),
	CASE(refusesWindows),
	{ 0 },
};
