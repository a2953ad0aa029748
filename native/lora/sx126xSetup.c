/* SX126x: from reset or sleep to standby. */
#include <string.h>

#include "sx126x.h"

LoraStepResult sx126xStandby(LoraRadio *radio) {
	SX126X_COMMAND(radio, SX126X_SET_STANDBY, SX126X_STANDBY_RC);
	return LORA_STEP_NEXT;
}

/* The sync word has a known value after reset, 0x1424 (12.1). */
static LoraStepResult checkChip(LoraRadio *radio) {
	uint8_t word[2];
	sx126xRead(radio, SX126X_REG_SYNC_WORD, word, 2);
	if (word[0] != 0x14 || word[1] != 0x24)
		return loraFail(radio, LORA_FAULT_NO_CHIP, "no SX126x answers on SPI: check wiring and the select pin");
	return LORA_STEP_NEXT;
}

/* 13.3.6. The table's index is the voltage's code. */
static const uint8_t decivolts[] = { 16, 17, 18, 22, 24, 27, 30, 33 };

bool loraIsTcxoVoltage(int32_t decivolt) {
	return memchr(decivolts, decivolt, sizeof decivolts) != NULL;
}

static LoraStepResult feedTcxo(LoraRadio *radio) {
	const uint32_t delay = SX126X_TICKS(radio->board.tcxoDelay);
	uint8_t code = 0;
	if (!radio->board.tcxoDecivolt)
		return LORA_STEP_NEXT;
	while (decivolts[code] != radio->board.tcxoDecivolt)
		code++;
	SX126X_COMMAND(radio, SX126X_SET_DIO3_TCXO, code, (uint8_t)(delay >> 16), (uint8_t)(delay >> 8), (uint8_t)delay);
	return LORA_STEP_NEXT;
}

/* A chip with a TCXO finds no oscillator at power-on, before DIO3 supplies it; that error is stale (13.3.6). */
static LoraStepResult clearErrors(LoraRadio *radio) {
	SX126X_COMMAND(radio, SX126X_CLEAR_ERRORS, 0, 0);
	return LORA_STEP_NEXT;
}

/* The calibration at power-on, without the TCXO, is invalid. */
static LoraStepResult calibrate(LoraRadio *radio) {
	SX126X_COMMAND(radio, SX126X_CALIBRATE, SX126X_CALIBRATE_ALL);
	return LORA_STEP_NEXT;
}

static LoraStepResult checkErrors(LoraRadio *radio) {
	uint8_t errors[2];
	sx126xQuery(radio, SX126X_GET_ERRORS, errors, 2);
	if (errors[1] & SX126X_ERROR_XOSC)
		return loraFail(
			radio, LORA_FAULT_CALIBRATION, "the radio's oscillator does not start: does tcxoVoltage match the board?");
	if (errors[0] || errors[1])
		return loraFail(radio, LORA_FAULT_CALIBRATION, "the radio's calibration failed");
	return LORA_STEP_NEXT;
}

static LoraStepResult setRegulator(LoraRadio *radio) {
	SX126X_COMMAND(radio, SX126X_SET_REGULATOR, (uint8_t)(radio->board.isDcDc != 0));
	return LORA_STEP_NEXT;
}

static LoraStepResult setSwitch(LoraRadio *radio) {
	SX126X_COMMAND(radio, SX126X_SET_DIO2_SWITCH, (uint8_t)(radio->board.rfSwitch == LORA_SWITCH_DIO2));
	return LORA_STEP_NEXT;
}

static LoraStepResult setPacketType(LoraRadio *radio) {
	SX126X_COMMAND(radio, SX126X_SET_PACKET_TYPE, SX126X_LORA);
	return LORA_STEP_NEXT;
}

static LoraStepResult setBuffer(LoraRadio *radio) {
	SX126X_COMMAND(radio, SX126X_SET_BUFFER_BASE, 0, 0);
	return LORA_STEP_NEXT;
}

/* Erratum 15.2: the PA clamp limits too early with a mismatched antenna. SX1261's low-power PA has none. */
static LoraStepResult loosenClamp(LoraRadio *radio) {
	if (!LORA_ERRATUM(15_2) || radio->board.chip == LORA_SX1261)
		return LORA_STEP_NEXT;
	return sx126xModify(radio, SX126X_REG_TX_CLAMP, 0, SX126X_CLAMP_OFF);
}

/* 9.6 */
static LoraStepResult setGain(LoraRadio *radio) {
	SX126X_WRITE(radio, SX126X_REG_RX_GAIN, radio->board.isSavingRx ? SX126X_RX_GAIN_SAVING : SX126X_RX_GAIN_BOOSTED);
	return LORA_STEP_NEXT;
}

/* 9.6: registers that are not retained in warm sleep by default. */
static LoraStepResult setRetention(LoraRadio *radio) {
	static const uint16_t kept[] = { SX126X_REG_RX_GAIN, SX126X_REG_TX_MODULATION, SX126X_REG_IQ_POLARITY };
	SX126X_WRITE(radio, SX126X_REG_RETENTION, 3, kept[0] >> 8, kept[0] & 0xFF, kept[1] >> 8, kept[1] & 0xFF,
		kept[2] >> 8, kept[2] & 0xFF);
	return LORA_STEP_NEXT;
}

static LoraStepResult started(LoraRadio *radio) {
	radio->powerState = LORA_POWER_STANDBY;
	if (LORA_ERRATUM(image_cold))
		radio->calibratedFor = 0; /* it is lost in cold sleep */
	return LORA_STEP_NEXT;
}

/* Select going low wakes the chip; any command will do (9.3). */
static LoraStepResult wakeWarm(LoraRadio *radio) {
	SX126X_COMMAND(radio, SX126X_GET_STATUS, 0);
	radio->powerState = LORA_POWER_STANDBY;
	return LORA_STEP_NEXT;
}

static LoraStepResult wakeCold(LoraRadio *radio) {
	SX126X_COMMAND(radio, SX126X_GET_STATUS, 0);
	radio->powerState = LORA_POWER_UNKNOWN;
	return LORA_STEP_NEXT;
}

static const LoraStep startSteps[] = { sx126xStandby, checkChip,
#if LORA_ERRATUM(tcxo)
	feedTcxo,
#endif
#if LORA_ERRATUM(errors)
	clearErrors,
#endif
#if LORA_ERRATUM(calibrate)
	calibrate,
#endif
	checkErrors, setRegulator, setSwitch, setPacketType, setBuffer, loosenClamp, setGain,
#if LORA_ERRATUM(retention)
	setRetention,
#endif
	started, NULL };
static const LoraStep warmSteps[] = { wakeWarm, NULL };
static const LoraStep coldSteps[] = { wakeCold, NULL };

const LoraFamily loraSx126x = {
	.start = startSteps,
	.wakeWarm = warmSteps,
	.wakeCold = coldSteps,
	.doze = sx126xDozeSteps,
	.operations = {
		[LORA_TRANSMIT] = sx126xTransmitSteps,
		[LORA_RECEIVE] = sx126xReceiveSteps,
		[LORA_DETECT] = sx126xDetectSteps,
		[LORA_MEASURE] = sx126xMeasureSteps,
		[LORA_RANDOM] = sx126xRandomSteps,
		[LORA_SLEEP] = sx126xSleepSteps,
		[LORA_STANDBY] = sx126xStandbySteps,
	},
	.minSf = 5,
	.minTimeoutSymbols = 1,
	.maxTimeoutSymbols = 248,
};
