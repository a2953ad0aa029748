#include "sx127xSim.h"

#include <string.h>

#include "clock.h"
#include "sx127xChip.h"

static void changed(Sx127xSim *chip) {
	if (chip->board.changed)
		chip->board.changed(chip->board.owner);
}

/* The current page of an address: some registers are shared (4.2.3 of the data sheet's memory map). */
static uint8_t *locate(Sx127xSim *chip, uint8_t address) {
	const bool isLora = chip->mode & SX127X_MODE_LORA;
	return isLora || address < SX127X_REG_FIFO_POINTER || address > 0x3F ? &chip->lora[address] : &chip->fsk[address];
}

static void start(Sx127xSim *chip) {
	const SimBoard board = chip->board;
	const SimComplaints complaints = chip->complaints;
	const uint32_t noise = chip->noise;
	static const uint8_t frequency[] = { 0x6C, 0x80, 0x00 }; /* 434 MHz */
	simReceiverClose(&chip->receiver);
	simClockCancel(chip->endEvent);
	simClockCancel(chip->calibrationEvent);
	memset(chip, 0, sizeof *chip);
	chip->board = board;
	chip->complaints = complaints;
	chip->noise = noise;
	sx127xSimLink(chip);
	chip->mode = SX127X_MODE_STANDBY | SX127X_MODE_LOW_FREQUENCY;
	chip->isLowCalibrated = true; /* 2.1.3.8: by itself, at 434 MHz */
	memcpy(&chip->lora[SX127X_REG_FREQUENCY], frequency, 3);
	chip->lora[SX127X_REG_PA] = 0x4F;
	chip->lora[0x0A] = 0x09; /* PA ramp */
	chip->lora[SX127X_REG_OCP] = SX127X_OCP_100_MA;
	chip->lora[SX127X_REG_LNA] = 0x20;
	chip->lora[SX127X_REG_FIFO_TX] = 0x80;
	chip->lora[board.isSx1272 ? SX1272_REG_PA_DAC : SX127X_REG_PA_DAC] = SX127X_PA_DAC_NORMAL;
	chip->lora[board.isSx1272 ? SX1272_REG_TCXO : SX127X_REG_TCXO] = 0x09;
	chip->lora[SX127X_REG_VERSION] = board.isSx1272 ? SX1272_VERSION : SX1276_VERSION;
	chip->lora[SX127X_REG_MODEM_1] = 0x72;
	chip->lora[SX127X_REG_MODEM_2] = 0x70;
	chip->lora[SX127X_REG_SYMBOL_TIMEOUT] = 0x64;
	chip->lora[SX127X_REG_PREAMBLE + 1] = 8;
	chip->lora[SX127X_REG_IF_2] = 0x20;
	chip->lora[SX127X_REG_DETECT] = 0xC3;
	chip->lora[SX127X_REG_INVERT_IQ] = SX127X_IQ_NORMAL;
	chip->lora[SX127X_REG_INVERT_IQ_2] = SX127X_IQ_2_NORMAL;
	chip->lora[SX127X_REG_HIGH_BW_1] = 0x03;
	chip->lora[SX127X_REG_HIGH_BW_2] = 0x65;
	chip->lora[SX127X_REG_DETECT_THRESHOLD] = 0x0A;
	chip->lora[SX127X_REG_SYNC_WORD] = 0x12;
	chip->readyAt = simClockNow() + 5000;
}

void sx127xSimInit(Sx127xSim *chip, const SimBoard *board) {
	memset(chip, 0, sizeof *chip);
	chip->board = *board;
	chip->noise = board->noise;
	start(chip);
}

void sx127xSimReset(void *context, bool held) {
	Sx127xSim *chip = context;
	const bool wasHeld = chip->isHeld;
	if (held || wasHeld)
		start(chip);
	chip->isHeld = held;
	changed(chip);
}

bool sx127xSimBusy(void *context) {
	(void)context;
	return false;
}

/* Which interrupt a DIO shows, by its two bits of RegDioMapping1 (table 18 of the data sheet, LoRa). */
bool sx127xSimDio(void *context, unsigned number) {
	static const uint8_t shown[4][4] = { { SX127X_IRQ_RX_DONE, SX127X_IRQ_TX_DONE, SX127X_IRQ_CAD_DONE, 0 },
		{ SX127X_IRQ_RX_TIMEOUT, 0x02, SX127X_IRQ_CAD_DETECTED, 0 }, { 0x02, 0x02, 0x02, 0 },
		{ SX127X_IRQ_CAD_DONE, SX127X_IRQ_HEADER, SX127X_IRQ_CRC_ERROR, 0 } };
	const Sx127xSim *chip = context;
	if (number > 3 || chip->board.faults.noInterrupt || chip->isHeld || !(chip->mode & SX127X_MODE_LORA))
		return false;
	return chip->lora[SX127X_REG_IRQ] & shown[number][chip->lora[SX127X_REG_DIO_1] >> (6 - 2 * number) & 3];
}

void sx127xSimRaise(Sx127xSim *chip, uint8_t bits) {
	chip->lora[SX127X_REG_IRQ] |= bits & (uint8_t)~chip->lora[SX127X_REG_IRQ_MASK];
	changed(chip);
}

static bool isLowBand(const Sx127xSim *chip) {
	return chip->lora[SX127X_REG_FREQUENCY] < 0x83; /* 525 MHz */
}

float sx127xSimRssiOffset(const Sx127xSim *chip) {
	return chip->board.isSx1272 ? -139.0f : isLowBand(chip) ? -164.0f : -157.0f;
}

static void calibrationEnds(void *context) {
	Sx127xSim *chip = context;
	const bool isLow = isLowBand(chip);
	chip->calibrationEvent = 0;
	chip->fsk[SX127X_REG_IMAGE_CALIBRATION] &= (uint8_t)~SX127X_CALIBRATION_RUNNING;
	if (chip->lora[SX127X_REG_PA] != 0)
		return; /* the PA was on: the result is invalid */
	if (isLow)
		chip->isLowCalibrated = true;
	else
		chip->isHighCalibrated = true;
}

static void write(Sx127xSim *chip, uint8_t address, uint8_t value) {
	const bool isLora = chip->mode & SX127X_MODE_LORA;
	if (address == SX127X_REG_FIFO) {
		if (isLora)
			chip->fifo[chip->lora[SX127X_REG_FIFO_POINTER]++] = value;
	} else if (address == SX127X_REG_MODE) {
		sx127xSimSetMode(chip, value);
	} else if (isLora && address == SX127X_REG_IRQ) {
		chip->lora[SX127X_REG_IRQ] &= (uint8_t)~value;
		changed(chip);
	} else if (isLora &&
		(address == SX127X_REG_RX_BYTES || address == SX127X_REG_FIFO_RX_CURRENT ||
			(address >= SX127X_REG_MODEM_STATUS && address <= SX127X_REG_RSSI))) {
		chip->complaints.badCommands++; /* read only */
	} else if (address == SX127X_REG_VERSION ||
		(isLora && (chip->mode & 7) > SX127X_MODE_STANDBY && address >= SX127X_REG_MODEM_1 &&
			address <= SX127X_REG_PAYLOAD)) {
		chip->complaints.badCommands++; /* read only; or not while the modem works (4.1.2.2) */
	} else if (!isLora && address == SX127X_REG_IMAGE_CALIBRATION && (value & SX127X_CALIBRATION_START)) {
		if ((chip->mode & 7) != SX127X_MODE_STANDBY)
			return;
		chip->fsk[address] = (uint8_t)((value & ~SX127X_CALIBRATION_START) | SX127X_CALIBRATION_RUNNING);
		simClockCancel(chip->calibrationEvent);
		chip->calibrationEvent = simClockAt(simClockNow() + 10000, calibrationEnds, chip);
	} else {
		*locate(chip, address) = value;
		if (address == SX127X_REG_DIO_1)
			changed(chip);
	}
}

static uint8_t read(Sx127xSim *chip, uint8_t address) {
	const bool isLora = chip->mode & SX127X_MODE_LORA;
	if (address == SX127X_REG_FIFO)
		return isLora ? chip->fifo[chip->lora[SX127X_REG_FIFO_POINTER]++] : 0;
	if (address == SX127X_REG_MODE)
		return chip->mode;
	if (isLora && address == SX127X_REG_RSSI)
		return (uint8_t)(sx127xSimLevel(chip) - sx127xSimRssiOffset(chip));
	/* FSK carrier sense, as drivers listen before they talk. */
	if (!isLora && address == SX127X_REG_FSK_RSSI && (chip->mode & 7) == SX127X_MODE_RX)
		return (uint8_t)(-2 * sx127xSimFskLevel(chip));
	if (isLora && address == SX127X_REG_NOISE) {
		chip->noise = chip->noise * 1664525 + 1013904223;
		return (chip->mode & 7) == SX127X_MODE_RX ? (uint8_t)(chip->noise >> 24) : 0;
	}
	return *locate(chip, address);
}

void sx127xSimTransfer(void *context, const uint8_t *out, uint8_t *in, size_t bytes) {
	Sx127xSim *chip = context;
	uint8_t unused[300], address;
	size_t i;
	if (!in)
		in = unused;
	if (bytes == 0 || bytes > sizeof unused)
		return;
	memset(in, chip->board.faults.isAbsent ? 0xFF : 0, bytes);
	if (chip->board.faults.isAbsent || chip->isHeld)
		return;
	if (simClockNow() < chip->readyAt) {
		chip->complaints.whileBusy++;
		return;
	}
	address = out[0] & 0x7F;
	for (i = 1; i < bytes; i++) {
		if (out[0] & SX127X_WRITE)
			write(chip, address, out[i]);
		else
			in[i] = read(chip, address);
		/* A burst increments the register address, but stays in the FIFO. */
		if (address != SX127X_REG_FIFO)
			address = (address + 1) & 0x7F;
	}
}

void sx127xSimForgetEvents(Sx127xSim *chip) {
	chip->endEvent = chip->calibrationEvent = 0;
	chip->receiver.timeoutEvent = chip->receiver.packetEvent = 0;
}
