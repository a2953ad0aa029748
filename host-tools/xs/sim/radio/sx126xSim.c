#include "sx126xSim.h"

#include <string.h>

#include "clock.h"
#include "sx126xChip.h"

/* Microseconds of BUSY after a reset and after sleep (8.3.1 and 9.2; typical values). */
enum { busyReset = 3500, busyColdWake = 3500, busyWarmWake = 340 };

static const uint16_t retainable[] = { SX126X_REG_RX_GAIN, SX126X_REG_TX_MODULATION, SX126X_REG_IQ_POLARITY };
static const uint8_t defaults[] = { SX126X_RX_GAIN_SAVING, 0x01, 0x0D };

void sx126xSimChanged(Sx126xSim *chip) {
	if (chip->board.changed)
		chip->board.changed(chip->board.owner);
}

static void busyEnds(void *context) {
	Sx126xSim *chip = context;
	chip->busyEvent = 0;
	sx126xSimChanged(chip);
}

void sx126xSimSetBusy(Sx126xSim *chip, uint64_t microseconds) {
	chip->busyUntil = simClockNow() + microseconds;
	simClockCancel(chip->busyEvent);
	chip->busyEvent = simClockAt(chip->busyUntil, busyEnds, chip);
}

bool sx126xSimBusy(void *context) {
	const Sx126xSim *chip = context;
	return chip->board.faults.busyStuck || chip->mode == SX126X_SIM_SLEEP || chip->mode == SX126X_SIM_RESET ||
		simClockNow() < chip->busyUntil;
}

bool sx126xSimDio(void *context, unsigned number) {
	const Sx126xSim *chip = context;
	return number == 1 && !chip->board.faults.noInterrupt && (chip->irq & chip->dio1Mask);
}

void sx126xSimRaise(Sx126xSim *chip, uint16_t bits) {
	chip->irq |= bits & chip->irqMask;
	sx126xSimChanged(chip);
}

static void defaultRegisters(Sx126xSim *chip) {
	unsigned i;
	memset(chip->registers, 0, sizeof chip->registers);
	chip->registers[SX126X_REG_SYNC_WORD] = 0x14;
	chip->registers[SX126X_REG_SYNC_WORD + 1] = 0x24;
	chip->registers[SX126X_REG_TX_CLAMP] = 0xC8;
	chip->registers[SX126X_REG_OCP] = chip->board.isSx1261 ? SX126X_OCP_60_MA : SX126X_OCP_140_MA;
	/* An SX1262 calls itself SX1261, too. */
	memcpy(&chip->registers[SX126X_REG_VERSION], chip->board.isSx1268 ? "SX1268 V2D 2D02" : "SX1261 V2D 2D02", 16);
	for (i = 0; i < 3; i++)
		chip->registers[retainable[i]] = defaults[i];
}

/* Power-on, the end of a reset, and the end of a cold sleep: all state is lost. */
static void start(Sx126xSim *chip, uint64_t busy) {
	const SimBoard board = chip->board;
	const SimComplaints complaints = chip->complaints;
	const uint32_t noise = chip->noise;
	const double sentCharge = chip->sentCharge;
	simReceiverClose(&chip->receiver);
	simClockCancel(chip->endEvent);
	simClockCancel(chip->timerEvent);
	simClockCancel(chip->busyEvent);
	memset(chip, 0, sizeof *chip);
	chip->board = board;
	chip->complaints = complaints;
	chip->noise = noise;
	chip->sentCharge = sentCharge;
	chip->mode = SX126X_SIM_STANDBY;
	chip->fallback = SX126X_FALLBACK_RC;
	chip->commandStatus = 1;
	sx126xSimLink(chip);
	defaultRegisters(chip);
	/* The chip calibrates itself at once; without its TCXO there is no oscillator (13.3.6). */
	chip->isCalibrated = !board.tcxoDecivolt;
	if (board.tcxoDecivolt)
		chip->errors = SX126X_ERROR_XOSC;
	sx126xSimSetBusy(chip, busy);
}

void sx126xSimInit(Sx126xSim *chip, const SimBoard *board) {
	memset(chip, 0, sizeof *chip);
	chip->board = *board;
	chip->noise = board->noise;
	start(chip, busyReset);
}

void sx126xSimReset(void *context, bool held) {
	Sx126xSim *chip = context;
	if (held) {
		start(chip, 0);
		simClockCancel(chip->busyEvent);
		chip->busyEvent = 0;
		chip->mode = SX126X_SIM_RESET;
	} else if (chip->mode == SX126X_SIM_RESET) {
		start(chip, busyReset);
	}
	sx126xSimChanged(chip);
}

void sx126xSimSleep(Sx126xSim *chip, bool isWarm) {
	unsigned i, j;
	sx126xSimStandby(chip);
	chip->mode = SX126X_SIM_SLEEP;
	chip->isColdSleep = !isWarm;
	chip->settlesAt = simClockNow() + 500; /* 9.3 */
	chip->irq = 0;
	if (!isWarm)
		return;
	/* 9.6: most of the configuration is retained, these registers only when they are listed. */
	for (i = 0; i < 3; i++) {
		bool isKept = false;
		for (j = 0; j < chip->registers[SX126X_REG_RETENTION] && j < 4; j++) {
			const uint8_t *entry = &chip->registers[SX126X_REG_RETENTION + 1 + 2 * j];
			if ((entry[0] << 8 | entry[1]) == retainable[i])
				isKept = true;
		}
		if (!isKept)
			chip->registers[retainable[i]] = defaults[i];
	}
}

static void wake(Sx126xSim *chip) {
	if (chip->isColdSleep) {
		start(chip, busyColdWake);
		return;
	}
	chip->mode = SX126X_SIM_STANDBY;
	sx126xSimSetBusy(chip, busyWarmWake);
}

/* 13.5.1: mode, and how the last command went. */
static uint8_t statusOf(const Sx126xSim *chip) {
	static const uint8_t modes[] = { 2, 2, 4, 6, 5, 5, 2 };
	const uint8_t mode = chip->mode == SX126X_SIM_STANDBY && chip->isXosc ? 3 : modes[chip->mode];
	return (uint8_t)(mode << 4 | chip->commandStatus << 1);
}

void sx126xSimTransfer(void *context, const uint8_t *out, uint8_t *in, size_t bytes) {
	Sx126xSim *chip = context;
	uint8_t unused[300];
	if (!in)
		in = unused;
	if (bytes == 0 || bytes > sizeof unused)
		return;
	memset(in, chip->board.faults.isAbsent ? 0xFF : statusOf(chip), bytes);
	if (chip->board.faults.isAbsent || chip->mode == SX126X_SIM_RESET)
		return;
	if (chip->mode == SX126X_SIM_SLEEP) {
		if (simClockNow() < chip->settlesAt)
			chip->complaints.whileBusy++;
		else
			wake(chip);
		return;
	}
	if (sx126xSimBusy(chip)) {
		chip->complaints.whileBusy += bytes > 1 || out[0] != SX126X_RESET_STATS;
		return;
	}
	if (!sx126xSimAnswer(chip, out, in, bytes))
		sx126xSimExecute(chip, out[0], out + 1, bytes - 1);
}

void sx126xSimForgetEvents(Sx126xSim *chip) {
	chip->busyEvent = chip->endEvent = chip->timerEvent = 0;
	chip->receiver.timeoutEvent = chip->receiver.packetEvent = 0;
}
