/* SX126x: the operations. */
#include "airtime.h"
#include "sx126x.h"

LoraStepResult sx126xClearInterrupts(LoraRadio *radio) {
	SX126X_COMMAND(radio, SX126X_CLEAR_IRQ, SX126X_IRQ_ALL >> 8, SX126X_IRQ_ALL & 0xFF);
	return LORA_STEP_NEXT;
}

LoraStepResult sx126xEnableInterrupts(LoraRadio *radio, uint16_t mask) {
	SX126X_COMMAND(radio, SX126X_SET_DIO_IRQ, (uint8_t)(mask >> 8), (uint8_t)mask, (uint8_t)(mask >> 8), (uint8_t)mask,
		0, 0, 0, 0);
	return LORA_STEP_NEXT;
}

LoraStepResult sx126xAwaitInterrupt(LoraRadio *radio) {
	uint8_t bits[2];
	if (radio->phase == 0) {
		if (!radio->hal.dio(radio->hal.context, 1))
			return LORA_STEP_WAIT;
		sx126xQuery(radio, SX126X_GET_IRQ, bits, 2);
		radio->bits = (uint32_t)bits[0] << 8 | bits[1];
		return LORA_STEP_AGAIN;
	}
	return sx126xClearInterrupts(radio);
}

static LoraStepResult enableForTransmit(LoraRadio *radio) {
	return sx126xEnableInterrupts(radio, SX126X_IRQ_TX_DONE | SX126X_IRQ_TIMEOUT);
}

static LoraStepResult enableForReceive(LoraRadio *radio) {
	return sx126xEnableInterrupts(
		radio, SX126X_IRQ_RX_DONE | SX126X_IRQ_TIMEOUT | SX126X_IRQ_HEADER_ERROR | SX126X_IRQ_CRC_ERROR);
}

static LoraStepResult enableForDetect(LoraRadio *radio) {
	return sx126xEnableInterrupts(radio, SX126X_IRQ_CAD_DONE | SX126X_IRQ_CAD_DETECTED);
}

static LoraStepResult enableNone(LoraRadio *radio) {
	return sx126xEnableInterrupts(radio, 0);
}

/*
 * 13.1.14.1, table 13-21: the PA settings that draw least for an output power, and the value of SetTxParams that gives it. What is below is the value's
 * distance: at 14 dBm an SX1262 draws 45 mA, 90 with those for 22. SX1261's 15 dBm are for 400 MHz and up.
 */
typedef struct {
	int8_t highest, value; /* dBm */
	uint8_t dutyCycle, hpMax;
} PaSettings;
static const PaSettings highPower[] = { { 14, 22, 2, 2 }, { 17, 22, 2, 3 }, { 20, 22, 3, 5 }, { 22, 22, 4, 7 } };
static const PaSettings lowPower[] = { { 10, 13, 1, 0 }, { 14, 14, 4, 0 }, { 15, 14, 6, 0 } };

static const PaSettings *paSettings(const LoraRadio *radio) {
	const PaSettings *settings = radio->board.chip == LORA_SX1261 ? lowPower : highPower;
	while (settings->highest < radio->power)
		settings++;
	return settings;
}

static LoraStepResult setPa(LoraRadio *radio) {
	const PaSettings *settings = paSettings(radio);
	SX126X_COMMAND(radio, SX126X_SET_PA, settings->dutyCycle, settings->hpMax, radio->board.chip == LORA_SX1261, 1);
	return LORA_STEP_NEXT;
}

static LoraStepResult setPower(LoraRadio *radio) {
	const PaSettings *settings = paSettings(radio);
	SX126X_COMMAND(radio, SX126X_SET_TX_PARAMS, (uint8_t)(settings->value - (settings->highest - radio->power)),
		SX126X_RAMP_200_US);
	return LORA_STEP_NEXT;
}

static LoraStepResult writePayload(LoraRadio *radio) {
	uint8_t arguments[1 + LORA_LARGEST_PACKET] = { 0 };
	size_t i;
	for (i = 0; i < radio->bytes; i++)
		arguments[1 + i] = radio->payload[i];
	sx126xCommand(radio, SX126X_WRITE_BUFFER, arguments, 1 + radio->bytes);
	return LORA_STEP_NEXT;
}

static void setTimed(LoraRadio *radio, uint8_t opcode, uint32_t ticks) {
	SX126X_COMMAND(radio, opcode, (uint8_t)(ticks >> 16), (uint8_t)(ticks >> 8), (uint8_t)ticks);
}

static LoraStepResult send(LoraRadio *radio) {
	const uint64_t limit = loraPacketTime(radio, radio->bytes) + 100000;
	radio->hal.antenna(radio->hal.context, LORA_ANTENNA_TX);
	setTimed(radio, SX126X_SET_TX, SX126X_TICKS(limit) < SX126X_TIMER_LIMIT ? SX126X_TICKS(limit) : SX126X_TIMER_LIMIT);
	loraSetDeadline(radio, limit + 50000);
	return LORA_STEP_NEXT;
}

static LoraStepResult sent(LoraRadio *radio) {
	if (radio->bits & SX126X_IRQ_TX_DONE)
		return loraFinish(radio, LORA_EVENT_DONE, 0);
	return loraFail(radio, LORA_FAULT_NO_INTERRUPT, "the transmission did not end in time");
}

/* Symbols as mantissa and exponent (13.4.9): mantissa x 2^(2 exponent + 1), rounded up. */
static uint8_t symbolCode(int32_t symbols, int32_t *exponent) {
	int32_t mantissa = (symbols + 1) / 2;
	for (*exponent = 0; mantissa > 31; ++*exponent)
		mantissa = (mantissa + 3) / 4;
	return (uint8_t)mantissa;
}

static LoraStepResult setSymbolTimeout(LoraRadio *radio) {
	int32_t exponent;
	const uint8_t mantissa = symbolCode(radio->listen.timeoutSymbols, &exponent);
	if (radio->phase == 0) {
		SX126X_COMMAND(radio, SX126X_SET_SYMBOL_TIMEOUT, (uint8_t)(mantissa << (2 * exponent + 1)));
		return radio->listen.timeoutSymbols ? LORA_STEP_AGAIN : LORA_STEP_NEXT;
	}
	SX126X_WRITE(radio, SX126X_REG_SYMBOL_TIMEOUT, (uint8_t)(exponent + (mantissa << 3)));
	return LORA_STEP_NEXT;
}

/* The timer stops at the header, not at a preamble, which noise can imitate. */
static LoraStepResult stopOnHeader(LoraRadio *radio) {
	SX126X_COMMAND(radio, SX126X_STOP_TIMER_ON_PREAMBLE, 0);
	return LORA_STEP_NEXT;
}

/* The synthesizer is started before the window: from FS the receiver opens within tens of microseconds. */
static LoraStepResult awaitWindow(LoraRadio *radio) {
	if (radio->listen.at <= loraNow(radio))
		return LORA_STEP_NEXT;
	sx126xCommand(radio, SX126X_SET_FS, NULL, 0);
	radio->notBefore = radio->listen.at;
	return LORA_STEP_NEXT;
}

static LoraStepResult open(LoraRadio *radio) {
	const LoraListen *listen = &radio->listen;
	const LoraModulation *m = &listen->modulation;
	const uint64_t packet = loraPacketTime(radio, LORA_LARGEST_PACKET) + 50000;
	radio->hal.antenna(radio->hal.context, LORA_ANTENNA_RX);
	radio->openedAt = loraNow(radio);
	if (listen->timeout) {
		setTimed(radio, SX126X_SET_RX, SX126X_TICKS(listen->timeout));
		loraSetDeadline(radio, (uint64_t)listen->timeout + packet);
	} else if (listen->timeoutSymbols) {
		setTimed(radio, SX126X_SET_RX, 0);
		loraSetDeadline(radio, 2 * (uint64_t)listen->timeoutSymbols * loraSymbolTime(m->sf, m->bandwidth) + packet);
	} else {
		setTimed(radio, SX126X_SET_RX, SX126X_RX_CONTINUOUS);
		radio->deadline = LORA_HAL_NEVER;
	}
	return LORA_STEP_NEXT;
}

/* Erratum 15.3: the timer of a reception with timeout keeps running and ends the next operation. In two steps: stop it, and clear its event. */
static LoraStepResult stopTimer(LoraRadio *radio) {
	if (!LORA_ERRATUM(15_3) || loraIsEndless(radio))
		return LORA_STEP_NEXT;
	SX126X_WRITE(radio, SX126X_REG_RTC_CONTROL, 0);
	return LORA_STEP_NEXT;
}

static LoraStepResult forgetTimer(LoraRadio *radio) {
	if (!LORA_ERRATUM(15_3_event) || loraIsEndless(radio))
		return LORA_STEP_NEXT;
	return sx126xModify(radio, SX126X_REG_EVENT_MASK, 0, 0x02);
}

/* In phases: buffer status, payload, packet status. */
static LoraStepResult readPacket(LoraRadio *radio) {
	uint8_t head[3], in[4];
	const uint8_t bad = radio->bits & SX126X_IRQ_CRC_ERROR ? 1 : 0;
	if (radio->phase == 0) {
		if (!(radio->bits & SX126X_IRQ_RX_DONE) || bad) {
			if (loraIsEndless(radio))
				return LORA_STEP_NEXT;
			sx126xStandby(radio); /* after a bad header the chip would keep receiving */
			return loraFinish(radio, LORA_EVENT_NOTHING, 0);
		}
		sx126xQuery(radio, SX126X_GET_RX_BUFFER, head, 2);
		radio->bytes =
			radio->listen.modulation.implicitLength ? (size_t)radio->listen.modulation.implicitLength : head[0];
		radio->scratch[0] = head[1];
		return LORA_STEP_AGAIN;
	}
	if (radio->phase == 1) {
		uint8_t out[3 + LORA_LARGEST_PACKET] = { SX126X_READ_BUFFER, radio->scratch[0] }, data[3 + LORA_LARGEST_PACKET];
		size_t i;
		radio->hal.spiTransfer(radio->hal.context, out, data, 3 + radio->bytes);
		for (i = 0; i < radio->bytes; i++)
			radio->payload[i] = data[3 + i];
		return LORA_STEP_AGAIN;
	}
	sx126xQuery(radio, SX126X_GET_PACKET_STATUS, in, 3);
	loraFinish(radio, LORA_EVENT_PACKET, 0);
	radio->outcome.payload = radio->payload;
	radio->outcome.bytes = radio->bytes;
	radio->outcome.snr = (float)(int8_t)in[1] / 4.0f;
	/* Below the noise floor RSSI measures the noise; the signal's is in the third byte (13.5.3). */
	radio->outcome.rssi = (radio->outcome.snr < 0 ? -(float)in[2] : -(float)in[0]) / 2.0f;
	if (!loraIsEndless(radio))
		return LORA_STEP_DONE;
	loraReport(radio, radio->outcome);
	return LORA_STEP_NEXT;
}

/* Continuous reception waits again; ended by the timer of an aborted transmission (15.3), it restarts. */
static LoraStepResult listenOn(LoraRadio *radio) {
	const LoraStep next = radio->bits & SX126X_IRQ_TIMEOUT ? open : sx126xAwaitInterrupt;
	radio->outcome = (LoraEvent){ .kind = LORA_EVENT_DONE, .operation = radio->operation };
	while (radio->step[1] != next)
		radio->step--;
	return LORA_STEP_NEXT;
}

/* 13.4.7: four symbols; the detector's peak rises with the spreading factor, its floor is 10. */
static LoraStepResult setDetection(LoraRadio *radio) {
	SX126X_COMMAND(
		radio, SX126X_SET_CAD_PARAMS, 2, (uint8_t)(radio->listen.modulation.sf + 13), 10, SX126X_CAD_ONLY, 0, 0, 0);
	return LORA_STEP_NEXT;
}

static LoraStepResult detect(LoraRadio *radio) {
	const LoraModulation *m = &radio->listen.modulation;
	radio->hal.antenna(radio->hal.context, LORA_ANTENNA_RX);
	sx126xCommand(radio, SX126X_SET_CAD, NULL, 0);
	loraSetDeadline(radio, 20 * (uint64_t)loraSymbolTime(m->sf, m->bandwidth) + 50000);
	return LORA_STEP_NEXT;
}

static LoraStepResult detected(LoraRadio *radio) {
	return loraFinish(radio, LORA_EVENT_DONE, radio->bits & SX126X_IRQ_CAD_DETECTED ? 1 : 0);
}

/* Continuous reception without interrupts, for RSSI measurement. */
static LoraStepResult openToMeasure(LoraRadio *radio) {
	radio->hal.antenna(radio->hal.context, LORA_ANTENNA_RX);
	setTimed(radio, SX126X_SET_RX, SX126X_RX_CONTINUOUS);
	radio->value = -200;
	radio->openedAt = loraNow(radio);
	loraPause(radio, 1000);
	return LORA_STEP_NEXT;
}

/* One reading per millisecond; phases alternate reading and pause. */
static LoraStepResult measure(LoraRadio *radio) {
	uint8_t half;
	int32_t level;
	sx126xQuery(radio, SX126X_GET_RSSI, &half, 1);
	level = -(int32_t)half / 2;
	if (level > radio->value)
		radio->value = level;
	if (loraNow(radio) >= radio->openedAt + (uint64_t)radio->listen.timeout)
		return LORA_STEP_NEXT;
	loraPause(radio, 1000);
	return LORA_STEP_AGAIN;
}

static LoraStepResult measured(LoraRadio *radio) {
	sx126xStandby(radio);
	return loraFinish(radio, LORA_EVENT_DONE, radio->value);
}

static LoraStepResult readRandom(LoraRadio *radio) {
	uint8_t bytes[4];
	sx126xRead(radio, SX126X_REG_RANDOM, bytes, 4);
	radio->value = (int32_t)((uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3]);
	return LORA_STEP_NEXT;
}

/* 9.3: no SPI access in the next 500 microseconds, for any following operation (loraBegin). */
static LoraStepResult goToSleep(LoraRadio *radio) {
	SX126X_COMMAND(radio, SX126X_SET_SLEEP, radio->isWarm ? SX126X_SLEEP_WARM : SX126X_SLEEP_COLD);
	radio->powerState = radio->isWarm ? LORA_POWER_WARM_SLEEP : LORA_POWER_COLD_SLEEP;
	loraPause(radio, 500);
	return LORA_STEP_NEXT;
}

static LoraStepResult asleep(LoraRadio *radio) {
	return loraFinish(radio, LORA_EVENT_DONE, 0);
}

const LoraStep sx126xTransmitSteps[] = { SX126X_CONFIGURE, setPa, setPower, writePayload, sx126xClearInterrupts,
	enableForTransmit, send, sx126xAwaitInterrupt, sent, NULL };
const LoraStep sx126xReceiveSteps[] = { SX126X_CONFIGURE, setSymbolTimeout, stopOnHeader, sx126xClearInterrupts,
	enableForReceive, awaitWindow, open, sx126xAwaitInterrupt, stopTimer, forgetTimer, readPacket, listenOn, NULL };
const LoraStep sx126xDetectSteps[] = { SX126X_CONFIGURE, setDetection, sx126xClearInterrupts, enableForDetect, detect,
	sx126xAwaitInterrupt, detected, NULL };
const LoraStep sx126xMeasureSteps[] = { SX126X_CONFIGURE, enableNone, openToMeasure, measure, measured, NULL };
const LoraStep sx126xRandomSteps[] = { SX126X_CONFIGURE, enableNone, openToMeasure, readRandom, measured, NULL };
const LoraStep sx126xSleepSteps[] = { sx126xStandby, goToSleep, asleep, NULL };
const LoraStep sx126xDozeSteps[] = { sx126xStandby, goToSleep, NULL };
const LoraStep sx126xStandbySteps[] = { sx126xStandby, asleep, NULL };
