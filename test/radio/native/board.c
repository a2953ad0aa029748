/* A board's settings reach the chip, and what a chip or its board cannot do is refused. */
#include "talk.h"

#include <string.h>

#include "clock.h"
#include "sx127xChip.h"

static const LoraChip allChips[] = { LORA_SX1261, LORA_SX1262, LORA_SX1268, LORA_SX1272, LORA_SX1276, LORA_SX1277,
	LORA_SX1278 };

/* A modulation in the chip's bands. */
static LoraModulation modulationFor(LoraChip chip) {
	LoraModulation m = benchModulation;
	if (chip == LORA_SX1268)
		m.frequency = 490000000;
	if (chip == LORA_SX1278)
		m.frequency = 434000000;
	return m;
}

static void powerOne(const LoraBoard *board) {
	talkPower(board->chip, LORA_SX1262);
	benchPower(0, board);
}

/* Every chip sends and receives, out of reset, after a warm and after a cold sleep. */
static void everyChipTalks(void) {
	unsigned i, way;
	for (i = 0; i < sizeof allChips / sizeof *allChips; i++)
		for (way = 0; way < 2; way++) {
			const LoraModulation m = modulationFor(allChips[i]);
			if (way)
				talkPower(LORA_SX1262, allChips[i]);
			else
				talkPower(allChips[i], LORA_SX1262);
			CHECK_THAT(talkCarry(&m, 40));
			loraSleep(&bench[way].radio, true);
			benchRun(100000);
			CHECK_THAT(talkCarry(&m, 40));
			loraSleep(&bench[way].radio, false);
			benchRun(100000);
			CHECK_THAT(talkCarry(&m, 40));
			talkWithoutComplaints();
		}
}

/* The dBm asked for are the dBm sent, at both ends of each PA's reach; one more or less is refused. */
static void reachesItsLimits(void) {
	static const struct {
		LoraChip chip;
		int32_t isRfo, frequency, low, high;
	} rows[] = {
		{ LORA_SX1261, 0, 868100000, -17, 15 },
		{ LORA_SX1261, 0, 169400000, -17, 14 },
		{ LORA_SX1262, 0, 868100000, -9, 22 },
		{ LORA_SX1268, 0, 490000000, -9, 22 },
		{ LORA_SX1272, 0, 868100000, 2, 20 },
		{ LORA_SX1272, 1, 868100000, -1, 14 },
		{ LORA_SX1276, 0, 868100000, 2, 20 },
		{ LORA_SX1276, 1, 868100000, -4, 14 },
		{ LORA_SX1277, 0, 915000000, 2, 20 },
		{ LORA_SX1278, 0, 434000000, 2, 20 },
		{ LORA_SX1278, 1, 434000000, -4, 14 },
	};
	unsigned i;
	for (i = 0; i < sizeof rows / sizeof *rows; i++) {
		LoraBoard board = benchBoard(rows[i].chip);
		LoraModulation m = benchModulation;
		int32_t power;
		board.isRfo = rows[i].isRfo;
		m.frequency = rows[i].frequency;
		powerOne(&board);
		for (power = rows[i].low; power <= rows[i].high; power++) {
			CHECK_THAT(!loraTransmit(&bench[0].radio, &m, power, talkPayload, 10, &talkRefusal));
			benchRun(1000000);
			CHECK_THAT(bench[0].event.kind == LORA_EVENT_DONE && bench[0].sent.power > (float)power - 0.3f &&
				bench[0].sent.power < (float)power + 0.3f);
		}
		CHECK_THAT(loraTransmit(&bench[0].radio, &m, rows[i].low - 1, talkPayload, 10, &talkRefusal) &&
			strstr(talkRefusal.text, "power"));
		CHECK_THAT(loraTransmit(&bench[0].radio, &m, rows[i].high + 1, talkPayload, 10, &talkRefusal) &&
			strstr(talkRefusal.text, "power"));
		talkWithoutComplaints();
	}
}

/*
 * SX1261/2 data sheet, table 13-21 (PA settings) and 3.5 (typical currents with them): what a transmission draws at a power, mA. With one setting for all powers an SX1262 draws
 * 90 mA at 14 dBm.
 */
static void drawsLittleForLittlePower(void) {
	static const struct {
		LoraChip chip;
		int32_t power;
		uint8_t dutyCycle, hpMax;
		double current;
	} rows[] = { { LORA_SX1262, 22, 4, 7, 118 }, { LORA_SX1262, 20, 3, 5, 84 }, { LORA_SX1262, 17, 2, 3, 58 },
		{ LORA_SX1262, 14, 2, 2, 45 }, { LORA_SX1262, 13, 2, 2, 45 }, { LORA_SX1262, 0, 2, 2, 32 },
		{ LORA_SX1261, 15, 6, 0, 32.5 }, { LORA_SX1261, 14, 4, 0, 25.5 }, { LORA_SX1261, 10, 1, 0, 15.2 } };
	unsigned i;
	for (i = 0; i < sizeof rows / sizeof *rows; i++) {
		const LoraBoard board = benchBoard(rows[i].chip);
		const Sx126xSim *chip = &bench[0].sx126x;
		double seconds;
		powerOne(&board);
		CHECK_THAT(!loraTransmit(&bench[0].radio, &benchModulation, rows[i].power, talkPayload, 10, &talkRefusal));
		benchRun(0);
		seconds = (double)(bench[0].sent.end - bench[0].sent.start) / 1e6;
		CHECK_THAT(bench[0].event.kind == LORA_EVENT_DONE && bench[0].sent.power == (float)rows[i].power);
		CHECK_THAT(chip->pa[0] == rows[i].dutyCycle && chip->pa[1] == rows[i].hpMax);
		CHECK_THAT(chip->sentCharge > 0 && chip->sentCharge <= rows[i].current * seconds * 1.001);
	}
}

/* SX127x above 17 dBm: another bias and current limit, and both back again (5.4.3, 5.4.4). */
static void changesBiasAndCurrentLimit(void) {
	static const LoraChip chips[] = { LORA_SX1276, LORA_SX1272 };
	static const int32_t powers[] = { 20, 14 };
	unsigned i, j;
	for (i = 0; i < 2; i++) {
		const uint8_t dac = chips[i] == LORA_SX1272 ? SX1272_REG_PA_DAC : SX127X_REG_PA_DAC;
		talkPower(chips[i], LORA_SX1262);
		for (j = 0; j < 2; j++) {
			CHECK_THAT(!loraTransmit(&bench[0].radio, &benchModulation, powers[j], talkPayload, 10, &talkRefusal));
			benchRun(1000000);
			CHECK_THAT(bench[0].sx127x.lora[dac] == (powers[j] > 17 ? 0x87 : 0x84));
			CHECK_THAT(bench[0].sx127x.lora[SX127X_REG_OCP] == (powers[j] > 17 ? 0x33 : 0x2B));
		}
	}
}

static void heedsTheBoardsPower(void) {
	LoraBoard board = benchBoard(LORA_SX1262);
	board.maxPower = 17;
	powerOne(&board);
	CHECK_THAT(loraTransmit(&bench[0].radio, &benchModulation, 18, talkPayload, 10, &talkRefusal) &&
		strstr(talkRefusal.text, "-9 to 17"));
	CHECK_THAT(!loraTransmit(&bench[0].radio, &benchModulation, 17, talkPayload, 10, &talkRefusal));
}

/* What each chip lacks: bands, spreading factors, bandwidths. */
static void knowsWhatAChipLacks(void) {
	static const struct {
		LoraChip chip;
		int32_t frequency, sf, bandwidth;
		const char *text;
	} rows[] = {
		{ LORA_SX1261, 149000000, 7, 125000, "150000000 to 960000000" },
		{ LORA_SX1268, 868100000, 7, 125000, "410000000 to 810000000" },
		{ LORA_SX1272, 434000000, 7, 125000, "860000000 to 1020000000" },
		{ LORA_SX1272, 868100000, 7, 62500, "62500 Hz: not supported by sx1272" },
		{ LORA_SX1276, 136000000, 7, 125000, "137000000 to 1020000000" },
		{ LORA_SX1277, 868100000, 10, 125000, "sf 10: 6 to 9" },
		{ LORA_SX1278, 868100000, 7, 125000, "137000000 to 525000000" },
		{ LORA_SX1276, 868100000, 5, 125000, "sf 5: 6 to 12" },
		{ LORA_SX1276, 868100000, 6, 125000, "without header" },
	};
	unsigned i;
	for (i = 0; i < sizeof rows / sizeof *rows; i++) {
		LoraModulation m = benchModulation;
		m.frequency = rows[i].frequency;
		m.sf = rows[i].sf;
		m.bandwidth = rows[i].bandwidth;
		talkPower(rows[i].chip, LORA_SX1262);
		CHECK_THAT(loraDetect(&bench[0].radio, &m, &talkRefusal) && strstr(talkRefusal.text, rows[i].text));
	}
}

/* Regulator, RF switch and its pins are the board's. */
static void followsTheBoard(void) {
	int isDcDc, rfSwitch;
	for (isDcDc = 0; isDcDc < 2; isDcDc++)
		for (rfSwitch = LORA_SWITCH_NONE; rfSwitch <= LORA_SWITCH_PINS; rfSwitch++) {
			LoraBoard board = benchBoard(LORA_SX1262);
			board.isDcDc = isDcDc;
			board.rfSwitch = rfSwitch;
			powerOne(&board);
			talkTransmit(0, &benchModulation, 40);
			benchRun(20000);
			CHECK_THAT(bench[0].sx126x.isDcDc == isDcDc && bench[0].sx126x.hasSwitch == (rfSwitch == LORA_SWITCH_DIO2));
			CHECK_THAT(bench[0].hal.antenna == LORA_ANTENNA_TX);
			benchRun(1000000);
			CHECK_THAT(bench[0].hal.antenna == LORA_ANTENNA_OFF);
			talkListen(0, &benchModulation, 0, 50000);
			benchRun(20000);
			CHECK_THAT(bench[0].hal.antenna == LORA_ANTENNA_RX);
			benchRun(1000000);
			CHECK_THAT(bench[0].hal.antenna == LORA_ANTENNA_OFF);
		}
}

/* SX127x with a TCXO: without the register that lets it in there is no oscillator. SX126x at every voltage that DIO3 has. */
static void runsOnATcxo(void) {
	static const LoraChip chips[] = { LORA_SX1276, LORA_SX1272 };
	static const int32_t decivolts[] = { 16, 17, 18, 22, 24, 27, 30, 33 };
	unsigned i;
	for (i = 0; i < 2; i++) {
		LoraBoard board = benchBoard(chips[i]);
		board.tcxoDecivolt = 18;
		powerOne(&board);
		CHECK_THAT(talkCarry(&benchModulation, 40));
		loraSleep(&bench[0].radio, false);
		benchRun(100000);
		CHECK_THAT(talkCarry(&benchModulation, 40));
		talkWithoutComplaints();
	}
	for (i = 0; i < sizeof decivolts / sizeof *decivolts; i++) {
		LoraBoard board = benchBoard(LORA_SX1262);
		board.tcxoDecivolt = decivolts[i];
		powerOne(&board);
		CHECK_THAT(talkCarry(&benchModulation, 40));
	}
}

/* 9.2.1: the codes for the bands that have them, and the nearest 4 MHz elsewhere. */
static void calibratesTheBandInUse(void) {
	static const struct {
		int32_t frequency;
		uint8_t from, to;
	} rows[] = { { 433175000, 0x6B, 0x6F }, { 490000000, 0x75, 0x81 }, { 780000000, 0xC1, 0xC5 },
		{ 868100000, 0xD7, 0xDB }, { 915000000, 0xE1, 0xE9 }, { 169400000, 0x2A, 0x2B } };
	unsigned i;
	for (i = 0; i < sizeof rows / sizeof *rows; i++) {
		LoraModulation m = benchModulation;
		m.frequency = rows[i].frequency;
		talkPower(LORA_SX1262, LORA_SX1262);
		CHECK_THAT(talkCarry(&m, 40));
		CHECK_THAT(bench[1].sx126x.imageBand == rows[i].from && bench[1].sx126x.imageEnd == rows[i].to);
	}
}

/* RSSI and SNR of a packet, above the noise and below it, and the level of a channel, by every chip and in both of SX127x's bands. */
static void tellsHowItHears(void) {
	static const float snrs[] = { 8, -5 };
	unsigned i, j;
	for (i = 0; i < sizeof allChips / sizeof *allChips; i++)
		for (j = 0; j < 2; j++) {
			const LoraModulation m = modulationFor(allChips[i]);
			talkPower(LORA_SX1262, allChips[i]);
			benchSnr = snrs[j];
			benchRssi = j ? -122 : -60;
			CHECK_THAT(talkCarry(&m, 40));
			talkListen(1, &m, 0, 0);
			benchRun(60000);
			talkTransmit(0, &m, 40);
			benchRun(200000);
			CHECK_THAT(bench[1].event.kind == LORA_EVENT_PACKET);
			CHECK_THAT(bench[1].event.rssi > benchRssi - 1 && bench[1].event.rssi < benchRssi + 1);
			CHECK_THAT(bench[1].event.snr > snrs[j] - 0.3f && bench[1].event.snr < snrs[j] + 0.3f);
			if (j)
				continue;
			talkTransmit(0, &m, 40);
			benchRun(20000);
			CHECK_THAT(!loraMeasure(&bench[1].radio, &m, 5000, &talkRefusal));
			benchRun(20000);
			CHECK_THAT(bench[1].event.value == -60);
			benchRun(200000);
		}
}

/* BUSY that sticks in the middle of each operation: a named error in time, and the chip works again once BUSY is released. */
static void survivesBusyAnywhere(void) {
	uint64_t at;
	int what;
	for (what = 0; what < 4; what++)
		for (at = 1; at < 30000; at += 997) {
			talkPower(LORA_SX1262, LORA_SX1262);
			if (what == 0)
				talkTransmit(0, &benchModulation, 10);
			if (what == 1)
				talkListen(0, &benchModulation, 0, 100000);
			if (what == 2)
				CHECK_THAT(!loraDetect(&bench[0].radio, &benchModulation, &talkRefusal));
			if (what == 3)
				CHECK_THAT(!loraMeasure(&bench[0].radio, &benchModulation, 20000, &talkRefusal));
			benchRun(at);
			benchFaults(0)->busyStuck = true;
			benchRun(5000000);
			CHECK_THAT(bench[0].radio.operation == LORA_IDLE);
			CHECK_THAT(bench[0].event.kind != LORA_EVENT_ERROR || bench[0].event.value == LORA_FAULT_BUSY_STUCK);
			CHECK_THAT(bench[0].event.kind != LORA_EVENT_ERROR || strstr(bench[0].event.text, "BUSY"));
			benchFaults(0)->busyStuck = false;
			CHECK_THAT(talkCarry(&benchModulation, 40));
		}
}

const Case boardCases[] = {
	CASE(drawsLittleForLittlePower),
	CASE(everyChipTalks),
	CASE(reachesItsLimits),
	CASE(changesBiasAndCurrentLimit),
	CASE(heedsTheBoardsPower),
	CASE(knowsWhatAChipLacks),
	CASE(followsTheBoard),
	CASE(runsOnATcxo),
	CASE(calibratesTheBandInUse),
	CASE(tellsHowItHears),
	CASE(survivesBusyAnywhere),
	{ 0 },
};
