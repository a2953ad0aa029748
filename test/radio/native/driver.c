/*
 * The drivers on simulated chips. Each case is one thing that a radio must do. Prints the names of cases and what failed
 * in them; exits with 1 when something did.
 */
#include <stdio.h>
#include <string.h>

#include "airtime.h"
#include "clock.h"
#include "talk.h"

/* Every spreading factor, bandwidth and coding rate, between the families, both polarities. */
static void carriesEveryModulation(void) {
	static const LoraChip pairs[][2] = { { LORA_SX1262, LORA_SX1262 }, { LORA_SX1262, LORA_SX1276 },
		{ LORA_SX1276, LORA_SX1261 }, { LORA_SX1276, LORA_SX1276 }, { LORA_SX1262, LORA_SX1272 } };
	unsigned pair;
	int32_t sf, rate;
	int width;
	for (pair = 0; pair < sizeof pairs / sizeof *pairs; pair++) {
		talkPower(pairs[pair][0], pairs[pair][1]);
		for (sf = 7; sf <= 12; sf++)
			for (width = 0; width < LORA_BANDWIDTHS; width++)
				for (rate = 5; rate <= 8; rate += 3) {
					LoraModulation m = benchModulation;
					m.sf = sf;
					m.bandwidth = loraBandwidths[width];
					m.codingRate = rate;
					m.invertIQ = (sf + width) & 1;
					if (pairs[pair][1] == LORA_SX1272 && m.bandwidth < 125000)
						continue;
					if (!talkCarry(&m, 40)) {
						printf("chips %d to %d, sf %d, bandwidth %d, rate %d: ", (int)pairs[pair][0],
							(int)pairs[pair][1], (int)sf, (int)m.bandwidth, (int)rate);
						CHECK_THAT(!"carried");
						return;
					}
				}
		talkWithoutComplaints();
	}
}

/* SF5 (SX126x) and SF6; SX127x's SF6 knows packets without header only. */
static void carriesShortSymbols(void) {
	LoraModulation m = benchModulation;
	talkPower(LORA_SX1262, LORA_SX1268);
	m.frequency = 490000000;
	m.sf = 5;
	m.preamble = 12;
	CHECK_THAT(talkCarry(&m, 40));
	m.sf = 6;
	m.implicitLength = 40;
	CHECK_THAT(talkCarry(&m, 40));
	m.frequency = 868100000;
	talkPower(LORA_SX1262, LORA_SX1276);
	CHECK_THAT(talkCarry(&m, 40));
	talkWithoutComplaints();
}

/* The transmitter is on the air exactly as long as the formula says, and says so. */
static void sendsForItsAirtime(void) {
	static const LoraChip chips[] = { LORA_SX1262, LORA_SX1276 };
	unsigned i;
	for (i = 0; i < 2; i++) {
		const LoraFrameShape shape = { 7, 125000, 5, 8, true, true };
		talkPower(chips[i], LORA_SX1262);
		talkTransmit(0, &benchModulation, 23);
		benchRun(1000000);
		CHECK_THAT(bench[0].events[LORA_EVENT_DONE] == 1);
		CHECK_THAT(bench[0].sent.end - bench[0].sent.start == loraAirtime(&shape, 23));
		CHECK_THAT(bench[0].event.time == bench[0].sent.end);
	}
}

/* A window in symbols, opened at a time: it opens then, ends without a packet, and hears one that is in it. */
static void opensWindowsInTime(void) {
	static const LoraChip chips[] = { LORA_SX1262, LORA_SX1276 };
	unsigned i;
	for (i = 0; i < 2; i++) {
		LoraListen window = { benchModulation, 0, 8, 0 };
		talkPower(LORA_SX1262, chips[i]);
		/* A chip that has never been started is started in time. */
		window.at = simClockNow() + 500000;
		CHECK_THAT(!loraReceive(&bench[1].radio, &window, &talkRefusal));
		benchRun(600000);
		CHECK_THAT(bench[1].events[LORA_EVENT_NOTHING] == 1 && bench[1].event.time >= window.at + 8 * 1024 &&
			bench[1].event.time < window.at + 8 * 1024 + 1000);
		bench[1].events[LORA_EVENT_NOTHING] = 0;
		loraSleep(&bench[1].radio, true);
		talkTransmit(0, &benchModulation, 10); /* wakes the sender up */
		benchRun(100000);
		window.at = simClockNow() + 500000;
		CHECK_THAT(!loraReceive(&bench[1].radio, &window, &talkRefusal));
		benchRun(600000);
		CHECK_THAT(bench[1].events[LORA_EVENT_NOTHING] == 1);
		CHECK_THAT(bench[1].event.time >= window.at + 8 * 1024 && bench[1].event.time < window.at + 8 * 1024 + 1000);
		window.at = simClockNow() + 500000;
		CHECK_THAT(!loraReceive(&bench[1].radio, &window, &talkRefusal));
		benchRun(500000 - 1500);
		talkTransmit(0, &benchModulation, 10);
		benchRun(200000);
		CHECK_THAT(bench[1].events[LORA_EVENT_PACKET] == 1);
		talkWithoutComplaints();
	}
}

static void givesUpAfterMilliseconds(void) {
	static const LoraChip chips[] = { LORA_SX1262, LORA_SX1276 };
	unsigned i;
	for (i = 0; i < 2; i++) {
		talkPower(LORA_SX1262, chips[i]);
		loraStandby(&bench[1].radio);
		talkTransmit(0, &benchModulation, 10);
		benchRun(1000000);
		talkListen(1, &benchModulation, 0, 50000);
		benchRun(1000000);
		CHECK_THAT(bench[1].events[LORA_EVENT_NOTHING] == 1);
		/* A packet that begins inside is heard to its end. */
		talkListen(1, &benchModulation, 0, 50000);
		benchRun(20000);
		talkTransmit(0, &benchModulation, 40);
		benchRun(1000000);
		CHECK_THAT(bench[1].events[LORA_EVENT_PACKET] == 1);
		CHECK_THAT(bench[1].event.rssi > -61 && bench[1].event.rssi < -59);
		CHECK_THAT(bench[1].event.snr > 7.7f && bench[1].event.snr < 8.3f);
		talkWithoutComplaints();
	}
}

static void dropsWhatIsCorrupt(void) {
	static const LoraChip chips[] = { LORA_SX1262, LORA_SX1276 };
	unsigned i;
	for (i = 0; i < 2; i++) {
		talkPower(LORA_SX1262, chips[i]);
		benchFate = SIM_FATE_BAD_CRC;
		CHECK_THAT(!talkCarry(&benchModulation, 40));
		benchFate = SIM_FATE_GOOD;
		CHECK_THAT(talkCarry(&benchModulation, 40));
	}
}

static void detectsActivity(void) {
	static const LoraChip chips[] = { LORA_SX1262, LORA_SX1276 };
	unsigned i;
	for (i = 0; i < 2; i++) {
		talkPower(LORA_SX1262, chips[i]);
		CHECK_THAT(!loraDetect(&bench[1].radio, &benchModulation, &talkRefusal));
		benchRun(200000);
		CHECK_THAT(bench[1].event.kind == LORA_EVENT_DONE && bench[1].event.value == 0);
		talkTransmit(0, &benchModulation, 40);
		benchRun(40000);
		CHECK_THAT(!loraDetect(&bench[1].radio, &benchModulation, &talkRefusal));
		benchRun(200000);
		CHECK_THAT(bench[1].event.kind == LORA_EVENT_DONE && bench[1].event.value == 1);
	}
}

static void measuresAndDraws(void) {
	static const LoraChip chips[] = { LORA_SX1262, LORA_SX1276 };
	unsigned i;
	for (i = 0; i < 2; i++) {
		int32_t first;
		talkPower(LORA_SX1262, chips[i]);
		CHECK_THAT(!loraMeasure(&bench[1].radio, &benchModulation, 5000, &talkRefusal));
		benchRun(200000);
		CHECK_THAT(bench[1].event.value <= -115 && bench[1].event.value >= -119);
		talkTransmit(0, &benchModulation, 40);
		benchRun(20000);
		CHECK_THAT(!loraMeasure(&bench[1].radio, &benchModulation, 5000, &talkRefusal));
		benchRun(200000);
		CHECK_THAT(bench[1].event.value == -60);
		loraRandom(&bench[1].radio);
		benchRun(200000);
		first = bench[1].event.value;
		loraRandom(&bench[1].radio);
		benchRun(200000);
		CHECK_THAT(first != 0 && bench[1].event.value != first);
		talkWithoutComplaints();
	}
}

/* BUSY that stays high, an interrupt that never comes, a missing chip: an error, a reset, and normal work afterwards. */
static void survivesFaults(void) {
	static const LoraChip chips[] = { LORA_SX1262, LORA_SX1276 };
	unsigned i;
	for (i = 0; i < 2; i++) {
		talkPower(chips[i], LORA_SX1262);
		benchFaults(0)->noInterrupt = true;
		talkTransmit(0, &benchModulation, 10);
		benchRun(10000000);
		CHECK_THAT(bench[0].event.kind == LORA_EVENT_ERROR && bench[0].event.value == LORA_FAULT_NO_INTERRUPT);
		benchFaults(0)->noInterrupt = false;
		CHECK_THAT(talkCarry(&benchModulation, 40));
		bench[0].board.faults.isAbsent = benchFaults(0)->isAbsent = true;
		loraSleep(&bench[0].radio, false);
		benchRun(100000);
		talkTransmit(0, &benchModulation, 10);
		benchRun(10000000);
		CHECK_THAT(bench[0].event.kind == LORA_EVENT_ERROR && bench[0].event.value == LORA_FAULT_NO_CHIP);
		benchFaults(0)->isAbsent = false;
		CHECK_THAT(talkCarry(&benchModulation, 40));
	}
	talkPower(LORA_SX1262, LORA_SX1262);
	CHECK_THAT(talkCarry(&benchModulation, 40));
	benchFaults(0)->busyStuck = true;
	talkTransmit(0, &benchModulation, 10);
	benchRun(10000000);
	CHECK_THAT(bench[0].event.kind == LORA_EVENT_ERROR && bench[0].event.value == LORA_FAULT_BUSY_STUCK);
	benchFaults(0)->busyStuck = false;
	CHECK_THAT(talkCarry(&benchModulation, 40));
}

/* A second sleep costs nothing; cold sleep after warm does wake the chip. */
static void sleepsOn(void) {
	static const LoraChip chips[] = { LORA_SX1262, LORA_SX1276 };
	unsigned i;
	for (i = 0; i < 2; i++) {
		uint64_t spi;
		talkPower(chips[i], LORA_SX1262);
		loraSleep(&bench[0].radio, true);
		benchRun(100000);
		spi = bench[0].hal.microsecondsOfSpi;
		loraSleep(&bench[0].radio, true);
		benchRun(100000);
		CHECK_THAT(bench[0].events[LORA_EVENT_DONE] == 2 && bench[0].hal.microsecondsOfSpi == spi);
		loraSleep(&bench[0].radio, false);
		benchRun(100000);
		CHECK_THAT(bench[0].events[LORA_EVENT_DONE] == 3 && bench[0].hal.microsecondsOfSpi > spi);
		CHECK_THAT(talkCarry(&benchModulation, 40));
		talkWithoutComplaints();
	}
}

/* A change from one operation to another needs no call in between: the chip goes through standby. */
static void goesFromOneToTheOther(void) {
	static const LoraChip chips[] = { LORA_SX1262, LORA_SX1276, LORA_SX1272 };
	unsigned i;
	for (i = 0; i < 3; i++) {
		talkPower(chips[i], LORA_SX1262);
		talkListen(0, &benchModulation, 0, 0);
		benchRun(100000);
		talkTransmit(0, &benchModulation, 10);
		benchRun(20000);
		CHECK_THAT(!loraDetect(&bench[0].radio, &benchModulation, &talkRefusal));
		benchRun(100000);
		talkListen(0, &benchModulation, 0, 0);
		benchRun(1000000);
		CHECK_THAT(bench[0].receiver != NULL);
		loraSleep(&bench[0].radio, true);
		benchRun(100000);
		talkListen(0, &benchModulation, 0, 0);
		benchRun(100000);
		loraStandby(&bench[0].radio);
		benchRun(100000);
		CHECK_THAT(bench[0].hal.antenna == LORA_ANTENNA_OFF && !bench[0].receiver);
		CHECK_THAT(bench[0].events[LORA_EVENT_ERROR] == 0);
		CHECK_THAT(talkCarry(&benchModulation, 40));
		talkWithoutComplaints();
	}
}

static void refusesNonsense(void) {
	LoraModulation m = benchModulation;
	talkPower(LORA_SX1262, LORA_SX1276);
	m.frequency = 100000000;
	CHECK_THAT(loraTransmit(&bench[0].radio, &m, 14, talkPayload, 10, &talkRefusal) &&
		strstr(talkRefusal.text, "frequency 100000000"));
	m = benchModulation;
	m.sf = 5;
	CHECK_THAT(loraDetect(&bench[1].radio, &m, &talkRefusal) && strstr(talkRefusal.text, "sf 5"));
	m.sf = 7;
	m.bandwidth = 126000;
	CHECK_THAT(loraDetect(&bench[0].radio, &m, &talkRefusal) && strstr(talkRefusal.text, "bandwidth 126000"));
	CHECK_THAT(loraTransmit(&bench[0].radio, &benchModulation, 23, talkPayload, 10, &talkRefusal) &&
		strstr(talkRefusal.text, "power 23"));
	CHECK_THAT(loraTransmit(&bench[0].radio, &benchModulation, 14, talkPayload, 0, &talkRefusal) != NULL);
	CHECK_THAT(loraTransmit(&bench[0].radio, &benchModulation, 14, talkPayload, 256, &talkRefusal) != NULL);
	CHECK_THAT(bench[0].radio.operation == LORA_IDLE && bench[1].radio.operation == LORA_IDLE);
}

static const Case driverCases[] = {
	CASE(carriesEveryModulation),
	CASE(carriesShortSymbols),
	CASE(sendsForItsAirtime),
	CASE(opensWindowsInTime),
	CASE(givesUpAfterMilliseconds),
	CASE(dropsWhatIsCorrupt),
	CASE(detectsActivity),
	CASE(measuresAndDraws),
	CASE(survivesFaults),
	CASE(sleepsOn),
	CASE(goesFromOneToTheOther),
	CASE(refusesNonsense),
	{ 0 },
};

static void runAll(const Case *cases) {
	for (; cases->name; cases++) {
		const int before = benchFailures;
		cases->run();
		printf("%s %s\n", benchFailures == before ? "ok" : "not ok", cases->name);
	}
}

int main(void) {
	runAll(driverCases);
	runAll(errataCases);
	runAll(boardCases);
	runAll(windowCases);
	runAll(chipCases);
	runAll(chip127xCases);
	return benchFailures > 0;
}
