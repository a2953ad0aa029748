/* What drivers that are not ours expect of an SX126x, command by command: data sheets, and what RadioLib and Semtech's sx126x_driver ask for. */
#include "talk.h"

#include <string.h>

#include "clock.h"
#include "sx126xChip.h"

static uint8_t answer[32];

/* To the SX126x with this index, when it is not busy. Returns the status byte (13.5.1). */
static uint8_t command(int index, const uint8_t *bytes, size_t count) {
	Sx126xSim *chip = &bench[index].sx126x;
	while (sx126xSimBusy(chip))
		simClockAdvance(10);
	sx126xSimTransfer(chip, bytes, answer, count);
	return answer[0];
}
#define COMMAND(index, ...) command(index, (const uint8_t[]){ __VA_ARGS__ }, sizeof(const uint8_t[]){ __VA_ARGS__ })

static int commandStatus(int index) {
	return COMMAND(index, SX126X_GET_STATUS, 0) >> 1 & 7;
}

static bool waitFor(int index, uint16_t interrupts, uint64_t microseconds) {
	const uint64_t end = simClockNow() + microseconds;
	while (simClockNow() < end && !(bench[index].sx126x.irq & interrupts))
		simClockAdvance(100);
	return bench[index].sx126x.irq & interrupts;
}

/* Radio 1 has been set up by our driver, for `benchModulation`; all interrupts are on. */
static void setUp(LoraChip chip) {
	talkPower(LORA_SX1262, chip);
	CHECK_THAT(talkCarry(&benchModulation, 40));
	COMMAND(1, SX126X_SET_DIO_IRQ, 0x03, 0xFF, 0, 0, 0, 0, 0, 0);
	COMMAND(1, SX126X_SET_PA, 2, 2, 0, 1);
	COMMAND(1, SX126X_SET_TX_PARAMS, 22, SX126X_RAMP_200_US);
}

static void tellsWhatItIs(void) {
	talkPower(LORA_SX1262, LORA_SX1268);
	benchRun(100000);
	COMMAND(0, SX126X_READ_REGISTER, 0x03, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
	CHECK_THAT(!memcmp(answer + 4, "SX1261 V2D 2D02", 16));
	COMMAND(1, SX126X_READ_REGISTER, 0x03, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
	CHECK_THAT(!memcmp(answer + 4, "SX1268", 6));
	COMMAND(0, SX126X_SET_PACKET_TYPE, SX126X_LORA);
	COMMAND(0, SX126X_GET_PACKET_TYPE, 0, 0);
	CHECK_THAT(answer[2] == SX126X_LORA);
	COMMAND(0, SX126X_SET_PACKET_TYPE, 0);
	COMMAND(0, SX126X_GET_PACKET_TYPE, 0, 0);
	CHECK_THAT(answer[2] == 0);
}

static void tellsHowACommandWent(void) {
	setUp(LORA_SX1262);
	COMMAND(1, SX126X_SET_BUFFER_BASE, 0, 0);
	CHECK_THAT(commandStatus(1) == 1);
	COMMAND(1, SX126X_SET_MODULATION, 7);
	CHECK_THAT(commandStatus(1) == SX126X_STATUS_BAD_COMMAND);
	COMMAND(1, 0xEE, 0);
	CHECK_THAT(commandStatus(1) == SX126X_STATUS_BAD_COMMAND);
	/* Low data rate optimization where there must be none: not to be sent so. */
	COMMAND(1, SX126X_SET_MODULATION, 7, 4, 1, 1);
	COMMAND(1, SX126X_SET_TX, 0, 0, 0);
	CHECK_THAT(commandStatus(1) == SX126X_STATUS_FAILED);
	COMMAND(1, SX126X_SET_MODULATION, 7, 4, 1, 0);
	COMMAND(1, SX126X_SET_TX, 0, 0, 0);
	CHECK_THAT(commandStatus(1) != SX126X_STATUS_FAILED);
	CHECK_THAT(COMMAND(1, SX126X_GET_STATUS, 0) >> 4 == 6);
	CHECK_THAT(waitFor(1, SX126X_IRQ_TX_DONE, 1000000));
	CHECK_THAT(commandStatus(1) == SX126X_STATUS_SENT);
	/* 13.1.15: where it goes then; STDBY_XOSC is 3, FS 4. */
	COMMAND(1, SX126X_SET_FALLBACK, SX126X_FALLBACK_XOSC);
	COMMAND(1, SX126X_CLEAR_IRQ, 0x03, 0xFF);
	COMMAND(1, SX126X_SET_TX, 0, 0, 0);
	CHECK_THAT(waitFor(1, SX126X_IRQ_TX_DONE, 1000000));
	CHECK_THAT(COMMAND(1, SX126X_GET_STATUS, 0) >> 4 == 3);
	COMMAND(1, SX126X_SET_FALLBACK, SX126X_FALLBACK_FS);
	COMMAND(1, SX126X_CLEAR_IRQ, 0x03, 0xFF);
	COMMAND(1, SX126X_SET_TX, 0, 0, 0);
	CHECK_THAT(waitFor(1, SX126X_IRQ_TX_DONE, 1000000));
	CHECK_THAT(COMMAND(1, SX126X_GET_STATUS, 0) >> 4 == 4);
	/* A carrier goes on until it is told otherwise. */
	COMMAND(1, SX126X_SET_TX_WAVE);
	simClockAdvance(5000000);
	CHECK_THAT(COMMAND(1, SX126X_GET_STATUS, 0) >> 4 == 6);
	COMMAND(1, SX126X_SET_STANDBY, 0);
	CHECK_THAT(COMMAND(1, SX126X_GET_STATUS, 0) >> 4 == 2);
}

static void limitsThePasCurrent(void) {
	setUp(LORA_SX1262);
	COMMAND(1, SX126X_WRITE_REGISTER, 0x08, 0xE7, 0x20);
	COMMAND(1, SX126X_SET_PA, 4, 7, 0, 1);
	COMMAND(1, SX126X_READ_REGISTER, 0x08, 0xE7, 0, 0);
	CHECK_THAT(answer[4] == SX126X_OCP_140_MA);
	COMMAND(1, SX126X_SET_PA, 4, 0, 1, 1);
	COMMAND(1, SX126X_READ_REGISTER, 0x08, 0xE7, 0, 0);
	CHECK_THAT(answer[4] == SX126X_OCP_60_MA);
}

static void countsPackets(void) {
	LoraModulation m = benchModulation;
	m.codingRate = 7;
	setUp(LORA_SX1262);
	COMMAND(1, SX126X_RESET_STATS, 0, 0, 0, 0, 0, 0);
	COMMAND(1, SX126X_SET_RX, 0xFF, 0xFF, 0xFF);
	talkTransmit(0, &m, 20);
	benchRun(500000);
	COMMAND(1, SX126X_GET_STATS, 0, 0, 0, 0, 0, 0, 0);
	CHECK_THAT(!memcmp(answer + 2, "\0\1\0\0\0\0", 6));
	COMMAND(1, SX126X_READ_REGISTER, 0x07, 0x49, 0, 0);
	CHECK_THAT((answer[4] >> 4 & 7) == 3);
	COMMAND(1, SX126X_READ_REGISTER, 0x07, 0x6B, 0, 0);
	CHECK_THAT(answer[4] & 0x10);
	benchFate = SIM_FATE_BAD_CRC;
	talkTransmit(0, &m, 20);
	benchRun(500000);
	COMMAND(1, SX126X_GET_STATS, 0, 0, 0, 0, 0, 0, 0);
	CHECK_THAT(!memcmp(answer + 2, "\0\2\0\1\0\0", 6));
	COMMAND(1, SX126X_RESET_STATS, 0); /* as drivers wake the chip: nothing happens */
	COMMAND(1, SX126X_GET_STATS, 0, 0, 0, 0, 0, 0, 0);
	CHECK_THAT(answer[3] == 2);
	COMMAND(1, SX126X_RESET_STATS, 0, 0, 0, 0, 0, 0);
	COMMAND(1, SX126X_GET_STATS, 0, 0, 0, 0, 0, 0, 0);
	CHECK_THAT(answer[3] == 0);
}

/* 13.1.7: 10 ms of reception in 50: a preamble of 80 ms is heard, whenever it comes; the packet ends it. */
static void receivesAtTimes(void) {
	LoraModulation m = benchModulation;
	int i;
	m.preamble = 80;
	for (i = 0; i < 5; i++) {
		setUp(LORA_SX1262);
		COMMAND(1, SX126X_SET_RX_DUTY_CYCLE, 0, 0x02, 0x80, 0, 0x0A, 0);
		simClockAdvance(3000000 + 11000 * (uint64_t)i);
		CHECK_THAT(bench[1].sx126x.mode == SX126X_SIM_RX && bench[1].sx126x.irq == 0);
		talkTransmit(0, &m, 20);
		benchRun(500000);
		CHECK_THAT(bench[1].sx126x.irq & SX126X_IRQ_RX_DONE);
		CHECK_THAT(bench[1].sx126x.mode == SX126X_SIM_STANDBY);
	}
}

/* 13.4.7: after its search the chip receives what it has found, or sends where it has found nothing. */
static void goesOnAfterItsSearch(void) {
	setUp(LORA_SX1262);
	COMMAND(1, SX126X_SET_CAD_PARAMS, 1, 22, 10, SX126X_CAD_RX, 0, 0xFA, 0);
	COMMAND(1, SX126X_SET_CAD);
	CHECK_THAT(waitFor(1, SX126X_IRQ_CAD_DONE, 100000));
	CHECK_THAT(bench[1].sx126x.mode == SX126X_SIM_STANDBY);
	COMMAND(1, SX126X_CLEAR_IRQ, 0x03, 0xFF);
	{
		LoraModulation m = benchModulation;
		m.preamble = 100;
		talkTransmit(0, &m, 20);
		benchRun(40000);
		COMMAND(1, SX126X_SET_CAD);
		CHECK_THAT(waitFor(1, SX126X_IRQ_CAD_DETECTED, 100000));
		CHECK_THAT(bench[1].sx126x.mode == SX126X_SIM_RX);
		benchRun(500000);
		CHECK_THAT(bench[1].sx126x.irq & SX126X_IRQ_RX_DONE);
	}
	COMMAND(1, SX126X_CLEAR_IRQ, 0x03, 0xFF);
	COMMAND(1, SX126X_SET_CAD_PARAMS, 1, 22, 10, SX126X_CAD_LBT, 0, 0, 0);
	COMMAND(1, SX126X_SET_CAD);
	CHECK_THAT(waitFor(1, SX126X_IRQ_TX_DONE, 1000000));
}

/* 13.3.6: BUSY is high until the TCXO is stable, and no longer while it runs. */
static void waitsForItsTcxo(void) {
	LoraBoard board = benchBoard(LORA_SX1262);
	uint64_t from;
	board.tcxoDecivolt = 18;
	talkPower(LORA_SX1262, LORA_SX1262);
	benchPower(1, &board);
	CHECK_THAT(talkCarry(&benchModulation, 40));
	COMMAND(1, SX126X_SET_STANDBY, 0);
	while (sx126xSimBusy(&bench[1].sx126x))
		simClockAdvance(1);
	COMMAND(1, SX126X_SET_FS);
	from = simClockNow();
	while (sx126xSimBusy(&bench[1].sx126x))
		simClockAdvance(1);
	CHECK_THAT(simClockNow() - from >= 5000);
	COMMAND(1, SX126X_SET_RX, 0, 0, 0);
	from = simClockNow();
	while (sx126xSimBusy(&bench[1].sx126x))
		simClockAdvance(1);
	CHECK_THAT(simClockNow() - from < 200);
}

/* Noise that looks like a preamble costs a window some symbols, and neither its packet nor its end. */
static void outlastsFalsePreambles(void) {
	const LoraChip chips[] = { LORA_SX1262, LORA_SX1276 };
	int i;
	for (i = 0; i < 2; i++) {
		SimReceiver *receiver;
		talkPower(LORA_SX1262, chips[i]);
		receiver = chips[i] == LORA_SX1262 ? &bench[1].sx126x.receiver : &bench[1].sx127x.receiver;
		receiver->falsePreambles = 1;
		talkListen(1, &benchModulation, 12, 0);
		benchRun(1000000);
		CHECK_THAT(receiver->falsePreambles == 0);
		CHECK_THAT(bench[1].event.kind == LORA_EVENT_NOTHING);
		receiver->falsePreambles = 1;
		CHECK_THAT(talkCarry(&benchModulation, 40));
	}
}

/* Drivers listen before they talk with the GFSK receiver, 117.3 kHz wide. */
static void sensesCarriersInGfsk(void) {
	LoraModulation m = benchModulation;
	int i;
	m.sf = 9;
	for (i = 0; i < 2; i++) {
		const bool isSending = i == 1;
		setUp(LORA_SX1262);
		COMMAND(1, SX126X_SET_STANDBY, 0);
		COMMAND(1, SX126X_SET_PACKET_TYPE, 0);
		COMMAND(1, SX126X_SET_MODULATION, 0, 0x50, 0, 0x09, 0x0B, 0, 0x66, 0x66);
		COMMAND(1, SX126X_SET_RX, 0xFF, 0xFF, 0xFF);
		if (isSending)
			talkTransmit(0, &m, 40);
		simClockAdvance(60000);
		CHECK_THAT(COMMAND(1, SX126X_GET_STATUS, 0) >> 4 == 5);
		COMMAND(1, SX126X_GET_RSSI, 0, 0);
		CHECK_THAT(isSending ? answer[2] == 120 : answer[2] == 2 * 117);
		benchRun(1000000);
	}
}

/* 13.3.6: a board with a crystal on which a driver tries a TCXO first: it is told, and goes on after a reset. */
static void hasNoTcxo(void) {
	const uint8_t calibrate[] = { SX126X_CALIBRATE, SX126X_CALIBRATE_ALL };
	setUp(LORA_SX1262);
	sx126xSimReset(&bench[1].sx126x, true);
	sx126xSimReset(&bench[1].sx126x, false);
	simClockAdvance(10000);
	COMMAND(1, SX126X_SET_DIO3_TCXO, 0, 0, 1, 64);
	command(1, calibrate, 2);
	CHECK_THAT(commandStatus(1) == SX126X_STATUS_FAILED);
	COMMAND(1, SX126X_GET_ERRORS, 0, 0, 0);
	CHECK_THAT(answer[3] & SX126X_ERROR_XOSC);
	sx126xSimReset(&bench[1].sx126x, true);
	sx126xSimReset(&bench[1].sx126x, false);
	simClockAdvance(10000);
	command(1, calibrate, 2);
	CHECK_THAT(commandStatus(1) != SX126X_STATUS_FAILED);
	COMMAND(1, SX126X_GET_ERRORS, 0, 0, 0);
	CHECK_THAT(answer[3] == 0);
}

/* A window that ends for want of a preamble ends its timer: the next transmission has its own. */
static void stopsItsTimerAtSymbols(void) {
	setUp(LORA_SX1262);
	COMMAND(1, SX126X_SET_SYMBOL_TIMEOUT, 20);
	COMMAND(1, SX126X_SET_RX, 0, 0xFA, 0); /* one second, and 20 symbols */
	CHECK_THAT(waitFor(1, SX126X_IRQ_TIMEOUT, 40000));
	COMMAND(1, SX126X_CLEAR_IRQ, 0x03, 0xFF);
	COMMAND(1, SX126X_SET_MODULATION, 12, 4, 1, 1);
	COMMAND(1, SX126X_SET_TX, 0, 0x32, 0); /* 0.2 s of 1.3 */
	CHECK_THAT(waitFor(1, SX126X_IRQ_TIMEOUT, 250000));
}

/* 15.3: a reception's timer outlives packets without header only. */
static void stopsItsTimerAtHeaders(void) {
	int i;
	for (i = 0; i < 2; i++) {
		LoraModulation m = benchModulation;
		m.implicitLength = i ? 20 : 0;
		talkPower(LORA_SX1262, LORA_SX1262);
		CHECK_THAT(talkCarry(&m, 20));
		COMMAND(1, SX126X_SET_DIO_IRQ, 0x03, 0xFF, 0, 0, 0, 0, 0, 0);
		COMMAND(1, SX126X_SET_RX, 0, 0xFA, 0); /* one second */
		talkTransmit(0, &m, 20);
		benchRun(200000);
		CHECK_THAT(bench[1].sx126x.irq & SX126X_IRQ_RX_DONE);
		COMMAND(1, SX126X_CLEAR_IRQ, 0x03, 0xFF);
		COMMAND(1, SX126X_SET_RX, 0xFF, 0xFF, 0xFF);
		benchRun(3000000);
		CHECK_THAT((bench[1].sx126x.mode == SX126X_SIM_RX) == !i);
		CHECK_THAT(!(bench[1].sx126x.irq & SX126X_IRQ_TIMEOUT) == !i);
	}
}

const Case chipCases[] = {
	CASE(tellsWhatItIs),
	CASE(tellsHowACommandWent),
	CASE(limitsThePasCurrent),
	CASE(countsPackets),
	CASE(receivesAtTimes),
	CASE(goesOnAfterItsSearch),
	CASE(waitsForItsTcxo),
	CASE(outlastsFalsePreambles),
	CASE(sensesCarriersInGfsk),
	CASE(hasNoTcxo),
	CASE(stopsItsTimerAtSymbols),
	CASE(stopsItsTimerAtHeaders),
	{ 0 },
};
