/*
 * The drivers on simulated chips. Each case is one thing that a radio must do; those on errata fail when the workaround
 * of that number is left out of the build (mutations.test.ts). Prints the names of failed checks; exits with their number.
 */
#include <stdio.h>
#include <string.h>

#include "bench.h"
#include "clock.h"
#include "airtime.h"

static const uint8_t hello[40] = "forty bytes of payload, not less than 40";
static LoraRefusal refusal;

static void power(LoraChip a, LoraChip b)
{
	const LoraBoard first = benchBoard(a), second = benchBoard(b);
	benchRssi = -60;
	benchSnr = 8;
	benchFate = SIM_FATE_GOOD;
	memset(&bench[0].board.faults, 0, sizeof bench[0].board.faults);
	memset(&bench[1].board.faults, 0, sizeof bench[1].board.faults);
	benchPower(0, &first);
	benchPower(1, &second);
}

static void listen(int index, const LoraModulation *modulation, int32_t symbols, int32_t timeout)
{
	const LoraListen listen = { *modulation, 0, symbols, timeout };
	CHECK_THAT(!loraReceive(&bench[index].radio, &listen, &refusal));
}

static void transmit(int index, const LoraModulation *modulation, size_t bytes)
{
	CHECK_THAT(!loraTransmit(&bench[index].radio, modulation, 14, hello, bytes, &refusal));
}

/* Radio 1 listens without end, radio 0 sends `bytes` bytes, everything settles, radio 1 stops. Whether it arrived whole. */
static bool carry(const LoraModulation *modulation, size_t bytes)
{
	const int before = bench[1].events[LORA_EVENT_PACKET];
	const LoraFrameShape shape = { modulation->sf, modulation->bandwidth, modulation->codingRate, modulation->preamble, modulation->crc, !modulation->implicitLength };
	bool isWhole;
	listen(1, modulation, 0, 0);
	benchRun(60000);
	transmit(0, modulation, bytes);
	benchRun(loraAirtime(&shape, (int32_t)bytes) + 1000000);
	isWhole = bench[1].events[LORA_EVENT_PACKET] == before + 1 && bench[1].event.bytes == bytes && !memcmp(bench[1].payload, hello, bytes);
	loraStandby(&bench[1].radio);
	benchRun(100000);
	return isWhole && bench[0].event.kind == LORA_EVENT_DONE;
}

static void noComplaints(void)
{
	int i;
	for (i = 0; i < BENCH_RADIOS; i++) {
		const SimComplaints *c = benchComplaints(i);
		CHECK_THAT(c->whileBusy == 0);
		CHECK_THAT(c->badCommands == 0);
		CHECK_THAT(c->failedStarts == 0);
	}
}

/* Every spreading factor, bandwidth and coding rate, between the families, both polarities. */
static void carriesEveryModulation(void)
{
	static const LoraChip pairs[][2] = { { LORA_SX1262, LORA_SX1262 }, { LORA_SX1262, LORA_SX1276 }, { LORA_SX1276, LORA_SX1261 }, { LORA_SX1276, LORA_SX1276 }, { LORA_SX1262, LORA_SX1272 } };
	unsigned pair;
	int32_t sf, rate;
	int width;
	for (pair = 0; pair < sizeof pairs / sizeof *pairs; pair++) {
		power(pairs[pair][0], pairs[pair][1]);
		for (sf = 7; sf <= 12; sf++)
			for (width = 0; width < LORA_BANDWIDTHS; width++)
				for (rate = 5; rate <= 8; rate += 3) {
					LoraModulation m = benchModulation;
					m.sf = sf;
					m.bandwidth = loraBandwidths[width];
					m.codingRate = rate;
					m.invertIQ = (sf + width) & 1;
					if (pairs[pair][1] == LORA_SX1272 && m.bandwidth < 125000) continue;
					if (!carry(&m, 40)) {
						printf("chips %d to %d, sf %d, bandwidth %d, rate %d: ", (int)pairs[pair][0], (int)pairs[pair][1], (int)sf, (int)m.bandwidth, (int)rate);
						CHECK_THAT(!"carried");
						return;
					}
				}
		noComplaints();
	}
}

/* SF5 (SX126x) and SF6; SX127x's SF6 knows packets without header only. */
static void carriesShortSymbols(void)
{
	LoraModulation m = benchModulation;
	power(LORA_SX1262, LORA_SX1268);
	m.frequency = 490000000;
	m.sf = 5;
	m.preamble = 12;
	CHECK_THAT(carry(&m, 40));
	m.sf = 6;
	m.implicitLength = 40;
	CHECK_THAT(carry(&m, 40));
	m.frequency = 868100000;
	power(LORA_SX1262, LORA_SX1276);
	CHECK_THAT(carry(&m, 40));
	noComplaints();
}

/* The transmitter is on the air exactly as long as the formula says, and says so. */
static void sendsForItsAirtime(void)
{
	static const LoraChip chips[] = { LORA_SX1262, LORA_SX1276 };
	unsigned i;
	for (i = 0; i < 2; i++) {
		const LoraFrameShape shape = { 7, 125000, 5, 8, true, true };
		power(chips[i], LORA_SX1262);
		transmit(0, &benchModulation, 23);
		benchRun(1000000);
		CHECK_THAT(bench[0].events[LORA_EVENT_DONE] == 1);
		CHECK_THAT(bench[0].sent.end - bench[0].sent.start == loraAirtime(&shape, 23));
		CHECK_THAT(bench[0].event.time == bench[0].sent.end);
	}
}

/* A window in symbols, opened at a time: it opens then, ends without a packet, and hears one that is in it. */
static void opensWindowsInTime(void)
{
	static const LoraChip chips[] = { LORA_SX1262, LORA_SX1276 };
	unsigned i;
	for (i = 0; i < 2; i++) {
		LoraListen window = { benchModulation, 0, 8, 0 };
		power(LORA_SX1262, chips[i]);
		loraSleep(&bench[1].radio, true);
		transmit(0, &benchModulation, 10); /* wakes the sender up */
		benchRun(100000);
		window.at = simClockNow() + 500000;
		CHECK_THAT(!loraReceive(&bench[1].radio, &window, &refusal));
		benchRun(600000);
		CHECK_THAT(bench[1].events[LORA_EVENT_NOTHING] == 1);
		CHECK_THAT(bench[1].event.time >= window.at + 8 * 1024 && bench[1].event.time < window.at + 8 * 1024 + 1000);
		window.at = simClockNow() + 500000;
		CHECK_THAT(!loraReceive(&bench[1].radio, &window, &refusal));
		benchRun(500000 - 1500);
		transmit(0, &benchModulation, 10);
		benchRun(200000);
		CHECK_THAT(bench[1].events[LORA_EVENT_PACKET] == 1);
		noComplaints();
	}
}

static void givesUpAfterMilliseconds(void)
{
	static const LoraChip chips[] = { LORA_SX1262, LORA_SX1276 };
	unsigned i;
	for (i = 0; i < 2; i++) {
		power(LORA_SX1262, chips[i]);
		loraStandby(&bench[1].radio);
		transmit(0, &benchModulation, 10);
		benchRun(1000000);
		listen(1, &benchModulation, 0, 50000);
		benchRun(1000000);
		CHECK_THAT(bench[1].events[LORA_EVENT_NOTHING] == 1);
		/* A packet that begins inside is heard to its end. */
		listen(1, &benchModulation, 0, 50000);
		benchRun(20000);
		transmit(0, &benchModulation, 40);
		benchRun(1000000);
		CHECK_THAT(bench[1].events[LORA_EVENT_PACKET] == 1);
		CHECK_THAT(bench[1].event.rssi > -61 && bench[1].event.rssi < -59);
		CHECK_THAT(bench[1].event.snr > 7.7f && bench[1].event.snr < 8.3f);
		noComplaints();
	}
}

static void dropsWhatIsCorrupt(void)
{
	static const LoraChip chips[] = { LORA_SX1262, LORA_SX1276 };
	unsigned i;
	for (i = 0; i < 2; i++) {
		power(LORA_SX1262, chips[i]);
		benchFate = SIM_FATE_BAD_CRC;
		CHECK_THAT(!carry(&benchModulation, 40));
		benchFate = SIM_FATE_GOOD;
		CHECK_THAT(carry(&benchModulation, 40));
	}
}

static void detectsActivity(void)
{
	static const LoraChip chips[] = { LORA_SX1262, LORA_SX1276 };
	unsigned i;
	for (i = 0; i < 2; i++) {
		power(LORA_SX1262, chips[i]);
		CHECK_THAT(!loraDetect(&bench[1].radio, &benchModulation, &refusal));
		benchRun(200000);
		CHECK_THAT(bench[1].event.kind == LORA_EVENT_DONE && bench[1].event.value == 0);
		transmit(0, &benchModulation, 40);
		benchRun(40000);
		CHECK_THAT(!loraDetect(&bench[1].radio, &benchModulation, &refusal));
		benchRun(200000);
		CHECK_THAT(bench[1].event.kind == LORA_EVENT_DONE && bench[1].event.value == 1);
	}
}

static void measuresAndDraws(void)
{
	static const LoraChip chips[] = { LORA_SX1262, LORA_SX1276 };
	unsigned i;
	for (i = 0; i < 2; i++) {
		int32_t first;
		power(LORA_SX1262, chips[i]);
		CHECK_THAT(!loraMeasure(&bench[1].radio, &benchModulation, 5000, &refusal));
		benchRun(200000);
		CHECK_THAT(bench[1].event.value <= -115 && bench[1].event.value >= -119);
		transmit(0, &benchModulation, 40);
		benchRun(20000);
		CHECK_THAT(!loraMeasure(&bench[1].radio, &benchModulation, 5000, &refusal));
		benchRun(200000);
		CHECK_THAT(bench[1].event.value == -60);
		loraRandom(&bench[1].radio);
		benchRun(200000);
		first = bench[1].event.value;
		loraRandom(&bench[1].radio);
		benchRun(200000);
		CHECK_THAT(first != 0 && bench[1].event.value != first);
		noComplaints();
	}
}

/* BUSY that never falls, an interrupt that never comes, a chip that is not there: an error, a reset, and life afterwards. */
static void survivesFaults(void)
{
	static const LoraChip chips[] = { LORA_SX1262, LORA_SX1276 };
	unsigned i;
	for (i = 0; i < 2; i++) {
		power(chips[i], LORA_SX1262);
		benchFaults(0)->noInterrupt = true;
		transmit(0, &benchModulation, 10);
		benchRun(10000000);
		CHECK_THAT(bench[0].event.kind == LORA_EVENT_ERROR && bench[0].event.value == LORA_FAULT_NO_INTERRUPT);
		benchFaults(0)->noInterrupt = false;
		CHECK_THAT(carry(&benchModulation, 40));
		bench[0].board.faults.isAbsent = benchFaults(0)->isAbsent = true;
		loraSleep(&bench[0].radio, false);
		benchRun(100000);
		transmit(0, &benchModulation, 10);
		benchRun(10000000);
		CHECK_THAT(bench[0].event.kind == LORA_EVENT_ERROR && bench[0].event.value == LORA_FAULT_NO_CHIP);
		benchFaults(0)->isAbsent = false;
		CHECK_THAT(carry(&benchModulation, 40));
	}
	power(LORA_SX1262, LORA_SX1262);
	CHECK_THAT(carry(&benchModulation, 40));
	benchFaults(0)->busyStuck = true;
	transmit(0, &benchModulation, 10);
	benchRun(10000000);
	CHECK_THAT(bench[0].event.kind == LORA_EVENT_ERROR && bench[0].event.value == LORA_FAULT_BUSY_STUCK);
	benchFaults(0)->busyStuck = false;
	CHECK_THAT(carry(&benchModulation, 40));
}

static void refusesNonsense(void)
{
	LoraModulation m = benchModulation;
	power(LORA_SX1262, LORA_SX1276);
	m.frequency = 100000000;
	CHECK_THAT(loraTransmit(&bench[0].radio, &m, 14, hello, 10, &refusal) && strstr(refusal.text, "frequency 100000000"));
	m = benchModulation;
	m.sf = 5;
	CHECK_THAT(loraDetect(&bench[1].radio, &m, &refusal) && strstr(refusal.text, "sf 5"));
	m.sf = 7;
	m.bandwidth = 126000;
	CHECK_THAT(loraDetect(&bench[0].radio, &m, &refusal) && strstr(refusal.text, "bandwidth 126000"));
	CHECK_THAT(loraTransmit(&bench[0].radio, &benchModulation, 23, hello, 10, &refusal) && strstr(refusal.text, "power 23"));
	CHECK_THAT(loraTransmit(&bench[0].radio, &benchModulation, 14, hello, 0, &refusal) != NULL);
	CHECK_THAT(loraTransmit(&bench[0].radio, &benchModulation, 14, hello, 256, &refusal) != NULL);
	CHECK_THAT(bench[0].radio.operation == LORA_IDLE && bench[1].radio.operation == LORA_IDLE);
}

/* SX126x, data sheet 15.1: at 500 kHz and back. Hardly audible, so that a spoiled modulation is not. */
static void erratum15_1(void)
{
	LoraModulation m = benchModulation;
	power(LORA_SX1262, LORA_SX1276);
	benchSnr = -2;
	CHECK_THAT(carry(&m, 40));
	m.bandwidth = 500000;
	CHECK_THAT(carry(&m, 40));
	m.bandwidth = 125000;
	CHECK_THAT(carry(&m, 40));
}

/* 15.2: full power leaves the chip, also after a cold sleep. */
static void erratum15_2(void)
{
	power(LORA_SX1262, LORA_SX1262);
	transmit(0, &benchModulation, 10);
	benchRun(1000000);
	CHECK_THAT(bench[0].sent.power == 14.0f);
	loraSleep(&bench[0].radio, false);
	benchRun(100000);
	transmit(0, &benchModulation, 10);
	benchRun(1000000);
	CHECK_THAT(bench[0].sent.power == 14.0f);
}

/* 15.3: the timer of a reception that was early does not end the long transmission that follows. */
static void erratum15_3(void)
{
	LoraModulation slow = benchModulation;
	power(LORA_SX1262, LORA_SX1262);
	transmit(1, &benchModulation, 10);
	benchRun(1000000);
	listen(0, &benchModulation, 0, 1000000);
	benchRun(50000);
	transmit(1, &benchModulation, 10);
	benchRun(100000);
	CHECK_THAT(bench[0].events[LORA_EVENT_PACKET] == 1);
	slow.sf = 12;
	transmit(0, &slow, 40);
	benchRun(10000000);
	CHECK_THAT(bench[0].event.kind == LORA_EVENT_DONE);
}

/* 15.4: long packets of inverted polarity, and of the normal one afterwards. */
static void erratum15_4(void)
{
	LoraModulation m = benchModulation;
	power(LORA_SX1276, LORA_SX1262);
	m.invertIQ = 1;
	CHECK_THAT(carry(&m, 40));
	m.invertIQ = 0;
	CHECK_THAT(carry(&m, 40));
}

/* Retention: the boosted gain outlives a warm sleep; without it a packet at the floor is lost. */
static void keepsGainInWarmSleep(void)
{
	power(LORA_SX1262, LORA_SX1262);
	benchSnr = -6;
	CHECK_THAT(carry(&benchModulation, 40));
	loraSleep(&bench[1].radio, true);
	benchRun(100000);
	CHECK_THAT(carry(&benchModulation, 40));
}

/* TCXO: DIO3, stale errors cleared, calibration, image calibration; again after a cold sleep; and the wrong voltage is an error. */
static void startsTheTcxo(void)
{
	LoraBoard board = benchBoard(LORA_SX1262);
	power(LORA_SX1262, LORA_SX1262);
	board.tcxoDecivolt = 18;
	benchPower(0, &board);
	benchPower(1, &board);
	benchSnr = 0;
	CHECK_THAT(carry(&benchModulation, 40));
	loraSleep(&bench[0].radio, false);
	loraSleep(&bench[1].radio, false);
	benchRun(100000);
	CHECK_THAT(carry(&benchModulation, 40));
	noComplaints();
	benchPower(0, &board);
	bench[0].sx126x.board.tcxoDecivolt = 33;
	transmit(0, &benchModulation, 10);
	benchRun(10000000);
	CHECK_THAT(bench[0].event.kind == LORA_EVENT_ERROR && bench[0].event.value == LORA_FAULT_CALIBRATION);
}

/* Image calibration, for the band in use and after a change of band. */
static void calibratesTheImage(void)
{
	LoraModulation m = benchModulation;
	power(LORA_SX1262, LORA_SX1262);
	benchSnr = 0;
	CHECK_THAT(carry(&m, 40));
	m.frequency = 434000000;
	CHECK_THAT(carry(&m, 40));
	m.frequency = 915000000;
	CHECK_THAT(carry(&m, 40));
}

/* SX1276 errata note, 2.1: at 500 kHz in both bands, and the setting restored for other bandwidths. */
static void erratum2_1(void)
{
	LoraModulation m = benchModulation;
	power(LORA_SX1262, LORA_SX1276);
	benchSnr = -5;
	m.bandwidth = 500000;
	CHECK_THAT(carry(&m, 40));
	m.frequency = 434000000;
	CHECK_THAT(carry(&m, 40));
	m = benchModulation;
	CHECK_THAT(carry(&m, 40));
}

/* 2.3: no spurious receptions below 500 kHz, the offset of narrow receivers, undone for sending, and 500 kHz as it was. */
static void erratum2_3(void)
{
	LoraModulation m = benchModulation;
	power(LORA_SX1262, LORA_SX1276);
	CHECK_THAT(carry(&m, 40));
	m.bandwidth = 41670;
	CHECK_THAT(carry(&m, 40));
	m.bandwidth = 500000;
	benchSnr = -5;
	CHECK_THAT(carry(&m, 40));
	power(LORA_SX1276, LORA_SX1262);
	m.bandwidth = 41670;
	listen(0, &m, 8, 0);
	benchRun(1000000);
	CHECK_THAT(carry(&m, 40));
}

/* RegInvertIQ2, set and set back. */
static void invertsBothRegisters(void)
{
	LoraModulation m = benchModulation;
	power(LORA_SX1262, LORA_SX1276);
	m.invertIQ = 1;
	CHECK_THAT(carry(&m, 40));
	m.invertIQ = 0;
	CHECK_THAT(carry(&m, 40));
}

/* RX chain calibration: weak packets in both bands. */
static void calibratesTheChain(void)
{
	LoraModulation m = benchModulation;
	power(LORA_SX1262, LORA_SX1276);
	benchSnr = -5;
	CHECK_THAT(carry(&m, 40));
	m.frequency = 434000000;
	CHECK_THAT(carry(&m, 40));
}

/* A transmission that hangs: error, reset, and everything set up again. */
static void resetsAfterHungTransmission(void)
{
	power(LORA_SX1276, LORA_SX1262);
	CHECK_THAT(carry(&benchModulation, 40));
	benchFaults(0)->txHangs = true;
	transmit(0, &benchModulation, 10);
	benchRun(10000000);
	CHECK_THAT(bench[0].event.kind == LORA_EVENT_ERROR && bench[0].event.value == LORA_FAULT_NO_INTERRUPT);
	CHECK_THAT(carry(&benchModulation, 40));
}

int main(void)
{
	static const struct {
		const char *name;
		void (*run)(void);
	} cases[] = {
#define CASE(name) { #name, name }
		CASE(carriesEveryModulation), CASE(carriesShortSymbols), CASE(sendsForItsAirtime), CASE(opensWindowsInTime), CASE(givesUpAfterMilliseconds),
		CASE(dropsWhatIsCorrupt), CASE(detectsActivity), CASE(measuresAndDraws), CASE(survivesFaults), CASE(refusesNonsense),
		CASE(erratum15_1), CASE(erratum15_2), CASE(erratum15_3), CASE(erratum15_4), CASE(keepsGainInWarmSleep), CASE(startsTheTcxo), CASE(calibratesTheImage),
		CASE(erratum2_1), CASE(erratum2_3), CASE(invertsBothRegisters), CASE(calibratesTheChain), CASE(resetsAfterHungTransmission),
	};
	unsigned i;
	for (i = 0; i < sizeof cases / sizeof *cases; i++) {
		const int before = benchFailures;
		cases[i].run();
		printf("%s %s\n", benchFailures == before ? "ok" : "not ok", cases[i].name);
	}
	return benchFailures > 0;
}
