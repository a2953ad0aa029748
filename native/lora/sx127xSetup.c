/* SX127x: from reset or sleep to standby in LoRa mode. This chip has no BUSY: it accepts a write at once. */
#include <string.h>

#include "sx127x.h"

void sx127xWriteRun(LoraRadio *radio, uint8_t address, const uint8_t *values, size_t count) {
	uint8_t out[1 + LORA_LARGEST_PACKET];
	out[0] = address | SX127X_WRITE;
	memcpy(out + 1, values, count);
	radio->hal.spiTransfer(radio->hal.context, out, NULL, 1 + count);
}

void sx127xWrite(LoraRadio *radio, uint8_t address, uint8_t value) {
	sx127xWriteRun(radio, address, &value, 1);
}

void sx127xReadRun(LoraRadio *radio, uint8_t address, uint8_t *values, size_t count) {
	uint8_t out[1 + LORA_LARGEST_PACKET] = { 0 }, in[1 + LORA_LARGEST_PACKET];
	out[0] = address;
	radio->hal.spiTransfer(radio->hal.context, out, in, 1 + count);
	memcpy(values, in + 1, count);
}

uint8_t sx127xRead(LoraRadio *radio, uint8_t address) {
	uint8_t value;
	sx127xReadRun(radio, address, &value, 1);
	return value;
}

void sx127xSetMode(LoraRadio *radio, uint8_t mode) {
	sx127xWrite(radio, SX127X_REG_MODE,
		(uint8_t)(SX127X_MODE_LORA | (sx127xIsLowBand(radio) ? SX127X_MODE_LOW_FREQUENCY : 0) | mode));
}

LoraStepResult sx127xStandby(LoraRadio *radio) {
	sx127xSetMode(radio, SX127X_MODE_STANDBY);
	return LORA_STEP_NEXT;
}

static LoraStepResult checkChip(LoraRadio *radio) {
	if (sx127xRead(radio, SX127X_REG_VERSION) != (sx127xIsSx1272(radio) ? SX1272_VERSION : SX1276_VERSION))
		return loraFail(radio, LORA_FAULT_NO_CHIP,
			"the radio's version register has a wrong value: check wiring, the select pin, and "
			"\"chip\"");
	return LORA_STEP_NEXT;
}

static LoraStepResult fskSleep(LoraRadio *radio) {
	sx127xWrite(radio, SX127X_REG_MODE, SX127X_MODE_SLEEP);
	return LORA_STEP_NEXT;
}

/* 4.1.5: only while the chip sleeps. */
static LoraStepResult feedTcxo(LoraRadio *radio) {
	if (!radio->board.tcxoDecivolt)
		return LORA_STEP_NEXT;
	if (sx127xIsSx1272(radio))
		sx127xWrite(radio, SX1272_REG_TCXO, SX1272_TCXO_INPUT);
	else
		sx127xWrite(radio, SX127X_REG_TCXO, SX127X_TCXO_INPUT);
	loraPause(radio, (uint64_t)radio->board.tcxoDelay);
	return LORA_STEP_NEXT;
}

static LoraStepResult fskStandby(LoraRadio *radio) {
	sx127xWrite(radio, SX127X_REG_MODE, SX127X_MODE_STANDBY);
	loraPause(radio, 1000);
	return LORA_STEP_NEXT;
}

/* Steps of 32 MHz / 2^19 (4.1.4). */
static void writeFrequency(LoraRadio *radio, int32_t frequency) {
	const uint32_t steps = (uint32_t)((((uint64_t)frequency << 19) + 16000000) / 32000000);
	const uint8_t bytes[] = { (uint8_t)(steps >> 16), (uint8_t)(steps >> 8), (uint8_t)steps };
	sx127xWriteRun(radio, SX127X_REG_FREQUENCY, bytes, 3);
}

/* RX chain calibration (2.1.3.8, and the errata note): in FSK standby, without PA, on a frequency of the band. */
static LoraStepResult calibrateAt(LoraRadio *radio, int32_t frequency) {
	uint8_t state;
	if (!LORA_ERRATUM(chain))
		return LORA_STEP_NEXT;
	if (radio->phase == 0) {
		sx127xWrite(radio, SX127X_REG_PA, 0);
		writeFrequency(radio, frequency);
		state = sx127xRead(radio, SX127X_REG_IMAGE_CALIBRATION);
		sx127xWrite(radio, SX127X_REG_IMAGE_CALIBRATION, (uint8_t)(state | SX127X_CALIBRATION_START));
		loraSetDeadline(radio, 100000);
		return LORA_STEP_AGAIN;
	}
	if (!(sx127xRead(radio, SX127X_REG_IMAGE_CALIBRATION) & SX127X_CALIBRATION_RUNNING)) {
		radio->deadline = LORA_HAL_NEVER;
		return LORA_STEP_NEXT;
	}
	if (loraNow(radio) >= radio->deadline)
		return loraFail(radio, LORA_FAULT_CALIBRATION, "the radio's image calibration does not end");
	loraPause(radio, 1000);
	return LORA_STEP_AGAIN;
}

static LoraStepResult calibrateLow(LoraRadio *radio) {
	return sx127xIsSx1272(radio) ? LORA_STEP_NEXT : calibrateAt(radio, 434000000);
}

static LoraStepResult calibrateHigh(LoraRadio *radio) {
	return radio->board.chip == LORA_SX1278 ? LORA_STEP_NEXT : calibrateAt(radio, 868000000);
}

/* The LoRa bit can be set in sleep only (6.4, RegOpMode). */
static LoraStepResult loraSleepMode(LoraRadio *radio) {
	sx127xWrite(radio, SX127X_REG_MODE, SX127X_MODE_LORA | SX127X_MODE_SLEEP);
	return LORA_STEP_NEXT;
}

static LoraStepResult setDefaults(LoraRadio *radio) {
	static const uint8_t bases[] = { 0, 0 };
	sx127xWriteRun(radio, SX127X_REG_FIFO_TX, bases, 2);
	sx127xWrite(radio, SX127X_REG_LNA, SX127X_LNA_BOOST);
	return LORA_STEP_NEXT;
}

static LoraStepResult started(LoraRadio *radio) {
	radio->powerState = LORA_POWER_STANDBY;
	loraPause(radio, 250); /* oscillator start (2.5.2) */
	return LORA_STEP_NEXT;
}

static LoraStepResult wakeWarm(LoraRadio *radio) {
	sx127xStandby(radio);
	return started(radio);
}

/* This chip retains its registers in any sleep; cold forces a full start all the same. */
static LoraStepResult wakeCold(LoraRadio *radio) {
	radio->powerState = LORA_POWER_UNKNOWN;
	return LORA_STEP_NEXT;
}

static const LoraStep startSteps[] = { checkChip, fskSleep, feedTcxo, fskStandby, calibrateLow, calibrateHigh, fskSleep,
	loraSleepMode, sx127xStandby, setDefaults, started, NULL };
static const LoraStep warmSteps[] = { wakeWarm, NULL };
static const LoraStep coldSteps[] = { wakeCold, NULL };

const LoraFamily loraSx127x = {
	.start = startSteps,
	.wakeWarm = warmSteps,
	.wakeCold = coldSteps,
	.doze = sx127xDozeSteps,
	.operations = {
		[LORA_TRANSMIT] = sx127xTransmitSteps,
		[LORA_RECEIVE] = sx127xReceiveSteps,
		[LORA_DETECT] = sx127xDetectSteps,
		[LORA_MEASURE] = sx127xMeasureSteps,
		[LORA_RANDOM] = sx127xRandomSteps,
		[LORA_SLEEP] = sx127xSleepSteps,
		[LORA_STANDBY] = sx127xStandbySteps,
	},
	.minSf = 6,
	.minTimeoutSymbols = 4,
	.maxTimeoutSymbols = 1023,
};
