/* Each erratum's case fails when the workaround of that number is left out of the build (mutations.test.ts). */
#include "talk.h"

#include <string.h>

#include "clock.h"
#include "sx126xChip.h"

/* SX126x, data sheet 15.1: at 500 kHz and back. Near the sensitivity limit, so that a degraded modulation is lost. */
static void erratum15_1(void) {
	LoraModulation m = benchModulation;
	talkPower(LORA_SX1262, LORA_SX1276);
	benchSnr = -2;
	CHECK_THAT(talkCarry(&m, 40));
	m.bandwidth = 500000;
	CHECK_THAT(talkCarry(&m, 40));
	m.bandwidth = 125000;
	CHECK_THAT(talkCarry(&m, 40));
}

/* 15.2: the chip transmits at full power, also after a cold sleep. */
static void erratum15_2(void) {
	talkPower(LORA_SX1262, LORA_SX1262);
	talkTransmit(0, &benchModulation, 10);
	benchRun(1000000);
	CHECK_THAT(bench[0].sent.power == 14.0f);
	loraSleep(&bench[0].radio, false);
	benchRun(100000);
	talkTransmit(0, &benchModulation, 10);
	benchRun(1000000);
	CHECK_THAT(bench[0].sent.power == 14.0f);
}

/* 15.3: the timer of an early reception without header does not end the long transmission that follows. */
static void erratum15_3(void) {
	LoraModulation slow = benchModulation, headless = benchModulation;
	headless.implicitLength = 10;
	talkPower(LORA_SX1262, LORA_SX1262);
	talkTransmit(1, &headless, 10);
	benchRun(1000000);
	talkListen(0, &headless, 0, 1000000);
	benchRun(50000);
	talkTransmit(1, &headless, 10);
	benchRun(100000);
	CHECK_THAT(bench[0].events[LORA_EVENT_PACKET] == 1);
	slow.sf = 12;
	talkTransmit(0, &slow, 40);
	benchRun(10000000);
	CHECK_THAT(bench[0].event.kind == LORA_EVENT_DONE);
}

/* 15.4: long packets of inverted polarity, and of the normal one afterwards. */
static void erratum15_4(void) {
	LoraModulation m = benchModulation;
	talkPower(LORA_SX1276, LORA_SX1262);
	m.invertIQ = 1;
	CHECK_THAT(talkCarry(&m, 40));
	m.invertIQ = 0;
	CHECK_THAT(talkCarry(&m, 40));
}

/* Retention: the boosted gain outlives a warm sleep; without it a packet at the floor is lost. */
static void keepsGainInWarmSleep(void) {
	talkPower(LORA_SX1262, LORA_SX1262);
	benchSnr = -6;
	CHECK_THAT(talkCarry(&benchModulation, 40));
	loraSleep(&bench[1].radio, true);
	benchRun(100000);
	CHECK_THAT(talkCarry(&benchModulation, 40));
	/* 9.6: three registers, RX gain, TX modulation, IQ polarity. */
	CHECK_THAT(!memcmp(bench[1].sx126x.registers + SX126X_REG_RETENTION, "\x03\x08\xAC\x08\x89\x07\x36", 7));
}

/* A receiver with power saving gain keeps that in warm sleep, too, and loses what the boosted one hears. */
static void keepsSavingGain(void) {
	LoraBoard board = benchBoard(LORA_SX1262);
	board.isSavingRx = 1;
	talkPower(LORA_SX1262, LORA_SX1262);
	benchPower(1, &board);
	CHECK_THAT(talkCarry(&benchModulation, 40));
	loraSleep(&bench[1].radio, true);
	benchRun(100000);
	CHECK_THAT(talkCarry(&benchModulation, 40));
	CHECK_THAT(bench[1].sx126x.registers[0x08AC] == 0x94);
	benchSnr = -6;
	CHECK_THAT(!talkCarry(&benchModulation, 40));
}

/* Data sheet 9.3: half a millisecond of silence on SPI after SetSleep, also for a driver that is to wake up in between. */
static void restsOnItsWayToSleep(void) {
	talkPower(LORA_SX1262, LORA_SX1262);
	talkTransmit(0, &benchModulation, 10);
	benchRun(1000000);
	loraSleep(&bench[0].radio, true);
	benchRun(150);
	CHECK_THAT(bench[0].sx126x.mode == SX126X_SIM_SLEEP);
	loraSleep(&bench[0].radio, false);
	benchRun(10000);
	CHECK_THAT(bench[0].sx126x.isColdSleep);
	CHECK_THAT(talkCarry(&benchModulation, 40));
	talkWithoutComplaints();
}

/* TCXO: DIO3, stale errors cleared, calibration, image calibration; again after a cold sleep; and the wrong voltage is an error. */
static void startsTheTcxo(void) {
	LoraBoard board = benchBoard(LORA_SX1262);
	talkPower(LORA_SX1262, LORA_SX1262);
	board.tcxoDecivolt = 18;
	benchPower(0, &board);
	benchPower(1, &board);
	benchSnr = 0;
	CHECK_THAT(talkCarry(&benchModulation, 40));
	loraSleep(&bench[0].radio, false);
	loraSleep(&bench[1].radio, false);
	benchRun(100000);
	CHECK_THAT(talkCarry(&benchModulation, 40));
	talkWithoutComplaints();
	benchPower(0, &board);
	bench[0].sx126x.board.tcxoDecivolt = 33;
	talkTransmit(0, &benchModulation, 10);
	benchRun(10000000);
	CHECK_THAT(bench[0].event.kind == LORA_EVENT_ERROR && bench[0].event.value == LORA_FAULT_CALIBRATION);
}

/* Image calibration, for the band in use and after a change of band. */
static void calibratesTheImage(void) {
	LoraModulation m = benchModulation;
	talkPower(LORA_SX1262, LORA_SX1262);
	benchSnr = 0;
	CHECK_THAT(talkCarry(&m, 40));
	m.frequency = 434000000;
	CHECK_THAT(talkCarry(&m, 40));
	m.frequency = 915000000;
	CHECK_THAT(talkCarry(&m, 40));
}

/* SX1276 errata note, 2.1: at 500 kHz in both bands, and the setting restored for other bandwidths. */
static void erratum2_1(void) {
	LoraModulation m = benchModulation;
	talkPower(LORA_SX1262, LORA_SX1276);
	benchSnr = -5;
	m.bandwidth = 500000;
	CHECK_THAT(talkCarry(&m, 40));
	m.frequency = 434000000;
	CHECK_THAT(talkCarry(&m, 40));
	m.frequency = 169000000;
	CHECK_THAT(talkCarry(&m, 40));
	m = benchModulation;
	CHECK_THAT(talkCarry(&m, 40));
}

/* 2.3: no spurious receptions below 500 kHz, the offset of narrow receivers, undone for sending, and 500 kHz as it was. */
static void erratum2_3(void) {
	LoraModulation m = benchModulation;
	talkPower(LORA_SX1262, LORA_SX1276);
	benchSnr = -5;
	CHECK_THAT(talkCarry(&m, 40));
	m.bandwidth = 41670;
	CHECK_THAT(talkCarry(&m, 40));
	m.bandwidth = 500000;
	benchSnr = -5;
	CHECK_THAT(talkCarry(&m, 40));
	talkPower(LORA_SX1276, LORA_SX1262);
	m.bandwidth = 41670;
	talkListen(0, &m, 8, 0);
	benchRun(1000000);
	CHECK_THAT(talkCarry(&m, 40));
}

/* RegInvertIQ2, set and set back. */
static void invertsBothRegisters(void) {
	LoraModulation m = benchModulation;
	talkPower(LORA_SX1262, LORA_SX1276);
	m.invertIQ = 1;
	CHECK_THAT(talkCarry(&m, 40));
	m.invertIQ = 0;
	CHECK_THAT(talkCarry(&m, 40));
}

/* RX chain calibration: weak packets in both bands. */
static void calibratesTheChain(void) {
	LoraModulation m = benchModulation;
	talkPower(LORA_SX1262, LORA_SX1276);
	benchSnr = -5;
	CHECK_THAT(talkCarry(&m, 40));
	m.frequency = 434000000;
	CHECK_THAT(talkCarry(&m, 40));
}

/* A transmission that hangs: error, reset, and everything set up again. */
static void resetsAfterHungTransmission(void) {
	talkPower(LORA_SX1276, LORA_SX1262);
	CHECK_THAT(talkCarry(&benchModulation, 40));
	benchFaults(0)->txHangs = true;
	talkTransmit(0, &benchModulation, 10);
	benchRun(10000000);
	CHECK_THAT(bench[0].event.kind == LORA_EVENT_ERROR && bench[0].event.value == LORA_FAULT_NO_INTERRUPT);
	CHECK_THAT(talkCarry(&benchModulation, 40));
}

const Case errataCases[] = {
	CASE(erratum15_1),
	CASE(erratum15_2),
	CASE(erratum15_3),
	CASE(erratum15_4),
	CASE(keepsGainInWarmSleep),
	CASE(keepsSavingGain),
	CASE(restsOnItsWayToSleep),
	CASE(startsTheTcxo),
	CASE(calibratesTheImage),
	CASE(erratum2_1),
	CASE(erratum2_3),
	CASE(invertsBothRegisters),
	CASE(calibratesTheChain),
	CASE(resetsAfterHungTransmission),
	{ 0 },
};
