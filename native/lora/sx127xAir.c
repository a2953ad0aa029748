/* SX127x: the operations. */
#include "airtime.h"
#include "sx127x.h"

static LoraStepResult clearInterrupts(LoraRadio *radio) {
	sx127xWrite(radio, SX127X_REG_IRQ, 0xFF);
	return LORA_STEP_NEXT;
}

static LoraStepResult enable(LoraRadio *radio, uint8_t mapping, uint8_t bits) {
	sx127xWrite(radio, SX127X_REG_DIO_1, mapping);
	sx127xWrite(radio, SX127X_REG_IRQ_MASK, (uint8_t)~bits);
	return LORA_STEP_NEXT;
}

static LoraStepResult enableForTransmit(LoraRadio *radio) {
	return enable(radio, SX127X_DIO_TX, SX127X_IRQ_TX_DONE);
}

static LoraStepResult enableForReceive(LoraRadio *radio) {
	return enable(
		radio, SX127X_DIO_RX, SX127X_IRQ_RX_DONE | SX127X_IRQ_CRC_ERROR | SX127X_IRQ_RX_TIMEOUT | SX127X_IRQ_HEADER);
}

static LoraStepResult enableForDetect(LoraRadio *radio) {
	return enable(radio, SX127X_DIO_CAD, SX127X_IRQ_CAD_DONE | SX127X_IRQ_CAD_DETECTED);
}

static LoraStepResult enableNone(LoraRadio *radio) {
	return enable(radio, SX127X_DIO_RX, 0);
}

static LoraStepResult awaitInterrupt(LoraRadio *radio) {
	const LoraHal *hal = &radio->hal;
	if (!hal->dio(hal->context, 0) && !hal->dio(hal->context, 1))
		return LORA_STEP_WAIT;
	radio->bits = sx127xRead(radio, SX127X_REG_IRQ);
	return clearInterrupts(radio);
}

/* 5.4.2 and 5.4.3: PA_BOOST from 2 to 17 dBm, and to 20 with another bias and current limit; RFO from -4 (SX1272: -1) to 14. */
static LoraStepResult setPower(LoraRadio *radio) {
	const bool isHigh = !radio->board.isRfo && radio->power > 17;
	const uint8_t dac = sx127xIsSx1272(radio) ? SX1272_REG_PA_DAC : SX127X_REG_PA_DAC;
	uint8_t pa = (uint8_t)(SX127X_PA_BOOST | (radio->power - (isHigh ? 5 : 2)));
	if (radio->board.isRfo && sx127xIsSx1272(radio))
		pa = (uint8_t)(radio->power + 1);
	else if (radio->board.isRfo)
		pa = radio->power < 0 ? (uint8_t)(radio->power + 4) : (uint8_t)(SX127X_PA_RFO_HIGH | radio->power);
	sx127xWrite(radio, SX127X_REG_PA, pa);
	sx127xWrite(radio, dac, isHigh ? SX127X_PA_DAC_20_DBM : SX127X_PA_DAC_NORMAL);
	sx127xWrite(radio, SX127X_REG_OCP, isHigh ? SX127X_OCP_160_MA : SX127X_OCP_100_MA);
	return LORA_STEP_NEXT;
}

static LoraStepResult writePayload(LoraRadio *radio) {
	sx127xWrite(radio, SX127X_REG_FIFO_POINTER, 0);
	sx127xWriteRun(radio, SX127X_REG_FIFO, radio->payload, radio->bytes);
	return LORA_STEP_NEXT;
}

/* After a transmission that does not end the chip needs a reset (errata note), which the deadline's failure does. */
static LoraStepResult send(LoraRadio *radio) {
	radio->hal.antenna(radio->hal.context, LORA_ANTENNA_TX);
	sx127xSetMode(radio, SX127X_MODE_TX);
	loraSetDeadline(radio, loraPacketTime(radio, radio->bytes) + 100000);
	return LORA_STEP_NEXT;
}

static LoraStepResult finish(LoraRadio *radio) {
	return loraFinish(radio, LORA_EVENT_DONE, 0);
}

static LoraStepResult rewind(LoraRadio *radio) {
	sx127xWrite(radio, SX127X_REG_FIFO_POINTER, 0);
	return LORA_STEP_NEXT;
}

static LoraStepResult awaitWindow(LoraRadio *radio) {
	if (radio->listen.at > loraNow(radio))
		radio->notBefore = radio->listen.at;
	return LORA_STEP_NEXT;
}

/* Single reception has only a symbol timeout; a timeout in ms is continuous reception that the driver ends. */
static LoraStepResult open(LoraRadio *radio) {
	const LoraListen *listen = &radio->listen;
	const LoraModulation *m = &listen->modulation;
	radio->hal.antenna(radio->hal.context, LORA_ANTENNA_RX);
	sx127xSetMode(radio, listen->timeoutSymbols ? SX127X_MODE_RX_SINGLE : SX127X_MODE_RX);
	radio->openedAt = loraNow(radio);
	radio->deadline = LORA_HAL_NEVER;
	if (listen->timeoutSymbols)
		loraSetDeadline(radio,
			2 * (uint64_t)listen->timeoutSymbols * loraSymbolTime(m->sf, m->bandwidth) +
				loraPacketTime(radio, LORA_LARGEST_PACKET) + 50000);
	return LORA_STEP_NEXT;
}

static LoraStepResult giveUp(LoraRadio *radio) {
	sx127xStandby(radio);
	return loraFinish(radio, LORA_EVENT_NOTHING, 0);
}

/* Like awaitInterrupt, but checks the time too when the driver must end the reception. */
static LoraStepResult awaitPacket(LoraRadio *radio) {
	const LoraHal *hal = &radio->hal;
	const uint64_t end = radio->openedAt + (uint64_t)radio->listen.timeout;
	if (!radio->listen.timeout || hal->dio(hal->context, 0) || hal->dio(hal->context, 1))
		return awaitInterrupt(radio);
	if (loraNow(radio) < end) {
		hal->wakeAt(hal->context, end);
		radio->deadline = end + 1;
		return LORA_STEP_WAIT;
	}
	/* A header was received: the packet may complete, within this time. */
	if (loraNow(radio) > end + loraPacketTime(radio, LORA_LARGEST_PACKET))
		return giveUp(radio);
	if (!(sx127xRead(radio, SX127X_REG_MODEM_STATUS) & SX127X_MODEM_HAS_HEADER))
		return giveUp(radio);
	loraPause(radio, 2000);
	return LORA_STEP_AGAIN;
}

/* RSSI and SNR of a packet, 5.5.5: above the noise the register's slope is 16/15; below it the SNR is added. */
static void readSignal(LoraRadio *radio) {
	const int32_t offset = sx127xIsSx1272(radio) ? -139 : sx127xIsLowBand(radio) ? -164 : -157;
	uint8_t in[2];
	sx127xReadRun(radio, SX127X_REG_PACKET_SNR, in, 2);
	radio->outcome.snr = (float)(int8_t)in[0] / 4.0f;
	radio->outcome.rssi =
		(float)offset + (radio->outcome.snr >= 0 ? 16.0f * (float)in[1] / 15.0f : (float)in[1] + radio->outcome.snr);
}

/* 4.1.5: 20 bits, signed, in steps that depend on the bandwidth. */
static int32_t frequencyError(LoraRadio *radio) {
	uint8_t in[3];
	int32_t value;
	sx127xReadRun(radio, SX127X_REG_FREQUENCY_ERROR, in, 3);
	value = (int32_t)((uint32_t)(in[0] & 0x0F) << 16 | (uint32_t)in[1] << 8 | in[2]);
	if (value & 0x80000)
		value -= 0x100000;
	return (int32_t)((int64_t)value * (1 << 24) * radio->listen.modulation.bandwidth / ((int64_t)32000000 * 500000));
}

static LoraStepResult readPacket(LoraRadio *radio) {
	uint8_t in;
	if (!(radio->bits & SX127X_IRQ_RX_DONE) || (radio->bits & SX127X_IRQ_CRC_ERROR))
		return radio->listen.timeoutSymbols ? giveUp(radio) : LORA_STEP_NEXT;
	in = sx127xRead(radio, SX127X_REG_FIFO_RX_CURRENT);
	radio->bytes = radio->listen.modulation.implicitLength ? (size_t)radio->listen.modulation.implicitLength
														   : sx127xRead(radio, SX127X_REG_RX_BYTES);
	sx127xWrite(radio, SX127X_REG_FIFO_POINTER, in);
	sx127xReadRun(radio, SX127X_REG_FIFO, radio->payload, radio->bytes);
	loraFinish(radio, LORA_EVENT_PACKET, 0);
	radio->outcome.payload = radio->payload;
	radio->outcome.bytes = radio->bytes;
	readSignal(radio);
	radio->outcome.frequencyError = frequencyError(radio);
	if (!loraIsEndless(radio)) {
		sx127xStandby(radio);
		return LORA_STEP_DONE;
	}
	loraReport(radio, radio->outcome);
	return LORA_STEP_NEXT;
}

/* After a bad packet, or in continuous reception after any, wait again. */
static LoraStepResult listenOn(LoraRadio *radio) {
	radio->outcome = (LoraEvent){ .kind = LORA_EVENT_DONE, .operation = radio->operation };
	while (radio->step[1] != awaitPacket)
		radio->step--;
	return LORA_STEP_NEXT;
}

static LoraStepResult detect(LoraRadio *radio) {
	const LoraModulation *m = &radio->listen.modulation;
	radio->hal.antenna(radio->hal.context, LORA_ANTENNA_RX);
	sx127xSetMode(radio, SX127X_MODE_CAD);
	loraSetDeadline(radio, 20 * (uint64_t)loraSymbolTime(m->sf, m->bandwidth) + 50000);
	return LORA_STEP_NEXT;
}

static LoraStepResult detected(LoraRadio *radio) {
	return loraFinish(radio, LORA_EVENT_DONE, radio->bits & SX127X_IRQ_CAD_DETECTED ? 1 : 0);
}

static LoraStepResult openToMeasure(LoraRadio *radio) {
	radio->hal.antenna(radio->hal.context, LORA_ANTENNA_RX);
	sx127xSetMode(radio, SX127X_MODE_RX);
	radio->value = radio->operation == LORA_RANDOM ? 0 : -200;
	radio->openedAt = loraNow(radio);
	loraPause(radio, 1000);
	return LORA_STEP_NEXT;
}

static LoraStepResult measure(LoraRadio *radio) {
	const int32_t offset = sx127xIsSx1272(radio) ? -139 : sx127xIsLowBand(radio) ? -164 : -157;
	const int32_t level = offset + sx127xRead(radio, SX127X_REG_RSSI);
	if (level > radio->value)
		radio->value = level;
	if (loraNow(radio) >= radio->openedAt + (uint64_t)radio->listen.timeout)
		return LORA_STEP_NEXT;
	loraPause(radio, 1000);
	return LORA_STEP_AGAIN;
}

/* The lowest bit of the wideband RSSI, 32 times (Semtech AN1200.24). */
static LoraStepResult drawBits(LoraRadio *radio) {
	radio->value = (int32_t)((uint32_t)radio->value << 1 | (sx127xRead(radio, SX127X_REG_NOISE) & 1));
	if (radio->phase == 31)
		return LORA_STEP_NEXT;
	loraPause(radio, 1000);
	return LORA_STEP_AGAIN;
}

static LoraStepResult measured(LoraRadio *radio) {
	sx127xStandby(radio);
	return loraFinish(radio, LORA_EVENT_DONE, radio->value);
}

static LoraStepResult goToSleep(LoraRadio *radio) {
	sx127xSetMode(radio, SX127X_MODE_SLEEP);
	radio->powerState = radio->isWarm ? LORA_POWER_WARM_SLEEP : LORA_POWER_COLD_SLEEP;
	return LORA_STEP_NEXT;
}

const LoraStep sx127xTransmitSteps[] = { SX127X_CONFIGURE, setPower, writePayload, clearInterrupts, enableForTransmit,
	send, awaitInterrupt, finish, NULL };
const LoraStep sx127xReceiveSteps[] = { SX127X_CONFIGURE, rewind, clearInterrupts, enableForReceive, awaitWindow, open,
	awaitPacket, readPacket, listenOn, NULL };
const LoraStep sx127xDetectSteps[] = { SX127X_CONFIGURE, clearInterrupts, enableForDetect, detect, awaitInterrupt,
	detected, NULL };
const LoraStep sx127xMeasureSteps[] = { SX127X_CONFIGURE, enableNone, openToMeasure, measure, measured, NULL };
const LoraStep sx127xRandomSteps[] = { SX127X_CONFIGURE, enableNone, openToMeasure, drawBits, measured, NULL };
const LoraStep sx127xSleepSteps[] = { sx127xStandby, goToSleep, finish, NULL };
const LoraStep sx127xDozeSteps[] = { sx127xStandby, goToSleep, NULL };
const LoraStep sx127xStandbySteps[] = { sx127xStandby, finish, NULL };
