#include <string.h>

#include "clock.h"
#include "sx126xChip.h"
#include "sx126xSim.h"

/* Microseconds of BUSY after a command (8.3.1; typical values). */
enum {
	busyCommand = 1,
	busyStandby = 31,
	busyFs = 40,
	busyTx = 105,
	busyRx = 62,
	busyCalibrate = 3500,
	busyImage = 3500
};

static uint32_t ticksOf(const uint8_t *bytes) {
	return (uint32_t)bytes[0] << 16 | (uint32_t)bytes[1] << 8 | bytes[2];
}

/* 13.3.6: whatever needs the oscillator waits for a TCXO that is off, in standby with RC. */
static uint64_t startOf(const Sx126xSim *chip) {
	const bool isOff = chip->mode == SX126X_SIM_STANDBY && !chip->isXosc;
	return chip->hasTcxo && isOff ? (uint64_t)chip->tcxoTicks * 125 / 8 : 0;
}

static void calibrate(Sx126xSim *chip, uint8_t blocks) {
	sx126xSimSetBusy(chip, busyCalibrate + startOf(chip));
	if (blocks != SX126X_CALIBRATE_ALL)
		return;
	/* With a crystal, waiting for a TCXO fails, too: there is none. */
	chip->isCalibrated = chip->isTcxoSet ? chip->hasTcxo : !chip->board.tcxoDecivolt;
	if (chip->isCalibrated)
		return;
	chip->errors |= SX126X_ERROR_XOSC | SX126X_ERROR_PLL_CALIBRATION | SX126X_ERROR_ADC;
	chip->commandStatus = SX126X_STATUS_FAILED;
}

static void calibrateImage(Sx126xSim *chip, const uint8_t *codes) {
	sx126xSimSetBusy(chip, busyImage + startOf(chip));
	if (!chip->isCalibrated || codes[1] < codes[0]) {
		chip->errors |= SX126X_ERROR_IMAGE;
		return;
	}
	chip->imageBand = codes[0];
	chip->imageEnd = codes[1];
}

static void setTcxo(Sx126xSim *chip, const uint8_t *a) {
	static const uint8_t decivolts[] = { 16, 17, 18, 22, 24, 27, 30, 33 };
	const int32_t given = decivolts[a[0] & 7];
	chip->tcxoTicks = ticksOf(a + 1);
	chip->isTcxoSet = true;
	/* Too low a voltage does not start it, too high a voltage damages it. */
	chip->hasTcxo = given == chip->board.tcxoDecivolt;
}

static void writeRegisters(Sx126xSim *chip, const uint8_t *data, size_t bytes) {
	const size_t address = (size_t)data[0] << 8 | data[1];
	size_t i;
	for (i = 2; i < bytes; i++) {
		if (address + i - 2 < sizeof chip->registers)
			chip->registers[address + i - 2] = data[i];
		else
			chip->complaints.badCommands++;
	}
	if (address == SX126X_REG_RTC_CONTROL && chip->mode != SX126X_SIM_RX) {
		/* Erratum 15.3: this stops the timer that a reception left running. */
		chip->isTimerEventDue = chip->timerEvent != 0;
		simClockCancel(chip->timerEvent);
		chip->timerEvent = 0;
	}
	if (address == SX126X_REG_EVENT_MASK && (data[2] & 0x02))
		chip->isTimerEventDue = false;
}

/* Shortest number of argument bytes that a command may have. */
static int argumentsOf(uint8_t opcode) {
	switch (opcode) {
	case SX126X_SET_SLEEP:
	case SX126X_SET_STANDBY:
	case SX126X_CALIBRATE:
	case SX126X_SET_PACKET_TYPE:
	case SX126X_SET_REGULATOR:
	case SX126X_SET_DIO2_SWITCH:
	case SX126X_STOP_TIMER_ON_PREAMBLE:
	case SX126X_SET_SYMBOL_TIMEOUT:
	case SX126X_SET_FALLBACK:
		return 1;
	case SX126X_CLEAR_IRQ:
	case SX126X_CLEAR_ERRORS:
	case SX126X_SET_BUFFER_BASE:
	case SX126X_SET_TX_PARAMS:
	case SX126X_CALIBRATE_IMAGE:
	case SX126X_WRITE_BUFFER:
		return 2;
	case SX126X_SET_TX:
	case SX126X_SET_RX:
	case SX126X_WRITE_REGISTER:
		return 3;
	case SX126X_SET_FREQUENCY:
	case SX126X_SET_MODULATION:
	case SX126X_SET_PA:
	case SX126X_SET_DIO3_TCXO:
		return 4;
	case SX126X_SET_PACKET:
	case SX126X_SET_RX_DUTY_CYCLE:
		return 6;
	case SX126X_SET_CAD_PARAMS:
		return 7;
	case SX126X_SET_DIO_IRQ:
		return 8;
	case SX126X_SET_FS:
	case SX126X_SET_CAD:
	case SX126X_SET_TX_WAVE:
	case SX126X_SET_TX_PREAMBLE:
	case SX126X_RESET_STATS: /* alone it does nothing: drivers wake the chip with it */
	case SX126X_GET_STATUS:
		return 0;
	default:
		return -1;
	}
}

/* Commands that are valid only in standby (13.1.1, 13.1.12, 13.4). */
static bool isForStandby(uint8_t opcode) {
	switch (opcode) {
	case SX126X_SET_SLEEP:
	case SX126X_CALIBRATE:
	case SX126X_CALIBRATE_IMAGE:
	case SX126X_SET_REGULATOR:
	case SX126X_SET_DIO3_TCXO:
	case SX126X_SET_PACKET_TYPE:
	case SX126X_SET_FREQUENCY:
	case SX126X_SET_MODULATION:
	case SX126X_SET_PACKET:
	case SX126X_SET_PA:
	case SX126X_SET_CAD_PARAMS:
		return true;
	default:
		return false;
	}
}

void sx126xSimExecute(Sx126xSim *chip, uint8_t opcode, const uint8_t *a, size_t count) {
	size_t i;
	const uint64_t toStart = startOf(chip);
	const bool isTooEarly = isForStandby(opcode) && chip->mode != SX126X_SIM_STANDBY && chip->mode != SX126X_SIM_FS;
	if (isTooEarly || argumentsOf(opcode) < 0 || (int)count < argumentsOf(opcode)) {
		chip->complaints.badCommands++;
		chip->commandStatus = SX126X_STATUS_BAD_COMMAND;
		return;
	}
	if (opcode != SX126X_GET_STATUS)
		chip->commandStatus = 1;
	sx126xSimSetBusy(chip, busyCommand);
	switch (opcode) {
	case SX126X_SET_SLEEP:
		sx126xSimSleep(chip, a[0] & 0x04);
		break;
	case SX126X_SET_STANDBY:
		sx126xSimStandby(chip);
		chip->isXosc = a[0] == 1;
		sx126xSimSetBusy(chip, busyStandby + (chip->isXosc ? toStart : 0));
		break;
	case SX126X_SET_FS:
		sx126xSimStandby(chip);
		chip->mode = SX126X_SIM_FS;
		sx126xSimSetBusy(chip, busyFs + toStart);
		break;
	case SX126X_SET_TX:
		sx126xSimSetBusy(chip, busyTx + toStart);
		sx126xSimSend(chip, ticksOf(a));
		break;
	case SX126X_SET_RX:
		sx126xSimSetBusy(chip, busyRx + toStart);
		sx126xSimListen(chip, ticksOf(a));
		break;
	case SX126X_SET_CAD:
		sx126xSimSetBusy(chip, busyRx + toStart);
		sx126xSimDetect(chip);
		break;
	case SX126X_SET_RX_DUTY_CYCLE:
		sx126xSimSetBusy(chip, busyRx);
		sx126xSimListenAtTimes(chip, ticksOf(a), ticksOf(a + 3));
		break;
	case SX126X_SET_TX_WAVE:
	case SX126X_SET_TX_PREAMBLE:
		sx126xSimSetBusy(chip, busyTx);
		sx126xSimSendEndless(chip);
		break;
	case SX126X_SET_FALLBACK:
		chip->fallback = a[0];
		break;
	case SX126X_RESET_STATS:
		if (count >= 6)
			chip->packets = chip->crcErrors = chip->headerErrors = 0;
		break;
	case SX126X_CALIBRATE:
		calibrate(chip, a[0]);
		break;
	case SX126X_CALIBRATE_IMAGE:
		calibrateImage(chip, a);
		break;
	case SX126X_SET_DIO3_TCXO:
		setTcxo(chip, a);
		break;
	case SX126X_SET_REGULATOR:
		chip->isDcDc = a[0];
		break;
	case SX126X_SET_DIO2_SWITCH:
		chip->hasSwitch = a[0];
		break;
	case SX126X_SET_PACKET_TYPE:
		chip->isLora = a[0] == SX126X_LORA;
		break;
	case SX126X_SET_BUFFER_BASE:
		chip->txBase = a[0];
		chip->rxBase = a[1];
		break;
	case SX126X_SET_FREQUENCY:
		chip->frequencySteps = (uint32_t)a[0] << 24 | ticksOf(a + 1);
		break;
	case SX126X_SET_MODULATION:
		memcpy(chip->modulation, a, count < sizeof chip->modulation ? count : sizeof chip->modulation);
		break;
	case SX126X_SET_PACKET:
		memcpy(chip->packet, a, 6);
		break;
	case SX126X_SET_PA:
		memcpy(chip->pa, a, 4);
		chip->registers[SX126X_REG_OCP] = a[2] ? SX126X_OCP_60_MA : SX126X_OCP_140_MA;
		break;
	case SX126X_SET_TX_PARAMS:
		chip->power = (int8_t)a[0];
		break;
	case SX126X_SET_CAD_PARAMS:
		memcpy(chip->cad, a, 7);
		break;
	case SX126X_SET_SYMBOL_TIMEOUT: {
		/* 13.4.9: stored as mantissa and exponent. */
		uint8_t mantissa = (uint8_t)((a[0] + 1) / 2), exponent = 0;
		while (mantissa > 31) {
			mantissa = (uint8_t)((mantissa + 3) / 4);
			exponent++;
		}
		chip->registers[SX126X_REG_SYMBOL_TIMEOUT] = (uint8_t)(exponent + (mantissa << 3));
		break;
	}
	case SX126X_SET_DIO_IRQ:
		chip->irqMask = (uint16_t)(a[0] << 8 | a[1]);
		chip->dio1Mask = (uint16_t)(a[2] << 8 | a[3]);
		sx126xSimChanged(chip);
		break;
	case SX126X_CLEAR_IRQ:
		chip->irq &= (uint16_t) ~(a[0] << 8 | a[1]);
		sx126xSimChanged(chip);
		break;
	case SX126X_CLEAR_ERRORS:
		chip->errors = 0;
		break;
	case SX126X_WRITE_REGISTER:
		writeRegisters(chip, a, count);
		break;
	case SX126X_WRITE_BUFFER:
		for (i = 1; i < count; i++)
			chip->buffer[(uint8_t)(a[0] + i - 1)] = a[i];
		break;
	default:
		break;
	}
}

bool sx126xSimAnswer(Sx126xSim *chip, const uint8_t *out, uint8_t *in, size_t bytes) {
	uint8_t values[6] = { 0 };
	size_t i, count = 2;
	const size_t address = bytes > 2 ? (size_t)out[1] << 8 | out[2] : 0;
	switch (out[0]) {
	case SX126X_GET_IRQ:
		values[0] = (uint8_t)(chip->irq >> 8);
		values[1] = (uint8_t)chip->irq;
		break;
	case SX126X_GET_ERRORS:
		values[0] = (uint8_t)(chip->errors >> 8);
		values[1] = (uint8_t)chip->errors;
		break;
	case SX126X_GET_PACKET_TYPE:
		values[0] = chip->isLora ? SX126X_LORA : 0;
		count = 1;
		break;
	case SX126X_GET_STATS:
		values[0] = (uint8_t)(chip->packets >> 8);
		values[1] = (uint8_t)chip->packets;
		values[2] = (uint8_t)(chip->crcErrors >> 8);
		values[3] = (uint8_t)chip->crcErrors;
		values[4] = (uint8_t)(chip->headerErrors >> 8);
		values[5] = (uint8_t)chip->headerErrors;
		count = 6;
		break;
	case SX126X_GET_RX_BUFFER:
		values[0] = chip->rxBytes;
		values[1] = chip->rxStart;
		break;
	case SX126X_GET_PACKET_STATUS:
		memcpy(values, chip->status, 3);
		count = 3;
		break;
	case SX126X_GET_RSSI:
		values[0] = (uint8_t)(-2 * sx126xSimLevel(chip));
		count = 1;
		break;
	case SX126X_READ_BUFFER:
		for (i = 3; i < bytes; i++)
			in[i] = chip->buffer[(uint8_t)(out[1] + i - 3)];
		sx126xSimSetBusy(chip, busyCommand);
		return true;
	case SX126X_READ_REGISTER:
		for (i = 4; i < bytes; i++) {
			const size_t at = address + i - 4;
			chip->noise = chip->noise * 1664525 + 1013904223;
			if (at >= SX126X_REG_RANDOM && at < SX126X_REG_RANDOM + 4 && chip->mode == SX126X_SIM_RX)
				in[i] = (uint8_t)(chip->noise >> 24);
			else
				in[i] = at < sizeof chip->registers ? chip->registers[at] : 0;
		}
		sx126xSimSetBusy(chip, busyCommand);
		return true;
	default:
		return false;
	}
	for (i = 0; i < count && 2 + i < bytes; i++)
		in[2 + i] = values[i];
	sx126xSimSetBusy(chip, busyCommand);
	return true;
}
