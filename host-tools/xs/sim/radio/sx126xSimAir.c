/* The simulated SX126x on the air, and the effects of its errata without the driver's workarounds. */
#include "sx126xSim.h"

#include <string.h>

#include "clock.h"
#include "sx126xChip.h"

static const int32_t bandwidths[] = { 7810, 15630, 31250, 62500, 125000, 250000, 500000, 0, 10420, 20830, 41670 };

static int32_t frequencyOf(const Sx126xSim *chip) {
	return (int32_t)(((uint64_t)chip->frequencySteps * 32000000 + (1 << 24)) >> 25);
}

/* The modulation in the registers; false when they are invalid. */
static bool modulationOf(const Sx126xSim *chip, SimModulation *m) {
	const uint8_t *p = chip->packet;
	if (!chip->isLora || chip->modulation[0] < 5 || chip->modulation[0] > 12 || chip->modulation[1] > 10 ||
		!bandwidths[chip->modulation[1]])
		return false;
	if (chip->modulation[2] < 1 || chip->modulation[2] > 4)
		return false;
	m->frequency = frequencyOf(chip);
	m->sf = chip->modulation[0];
	m->bandwidth = bandwidths[chip->modulation[1]];
	m->codingRate = chip->modulation[2] + 4;
	m->preamble = p[0] << 8 | p[1];
	m->header = !p[2];
	m->crc = p[4];
	m->invertIQ = p[5];
	m->syncWord = (chip->registers[SX126X_REG_SYNC_WORD] & 0xF0) | chip->registers[SX126X_REG_SYNC_WORD + 1] >> 4;
	/* A wrong low data rate setting results in another modulation (6.1.1.4). */
	if (chip->modulation[3] != (simSymbolTime(m) >= 16380))
		return false;
	return m->frequency > 0;
}

/* Oscillator and synthesizer work: else a send or receive command has no effect. */
static bool canRun(Sx126xSim *chip, SimModulation *m) {
	if (chip->isCalibrated && modulationOf(chip, m))
		return true;
	if (!chip->isCalibrated)
		chip->errors |= SX126X_ERROR_PLL_LOCK;
	chip->commandStatus = SX126X_STATUS_FAILED;
	chip->complaints.failedStarts++;
	return false;
}

static bool isImageCalibrated(const Sx126xSim *chip, const SimModulation *m) {
	const int32_t code = m->frequency / 1000000;
	return chip->imageBand && code >= 4 * chip->imageBand && code <= 4 * chip->imageEnd + 3;
}

/* Erratum 15.1: bit 2 of the register must be 0 at 500 kHz and 1 otherwise. */
static float txImpairment(const Sx126xSim *chip, const SimModulation *m) {
	const bool isSet = chip->registers[SX126X_REG_TX_MODULATION] & 0x04;
	return isSet == (m->bandwidth == 500000) ? 12.0f : 0.0f;
}

/* Erratum 15.4: bit 2 must be 0 when inverted and 1 otherwise. */
static bool isIqRight(const Sx126xSim *chip) {
	const bool isSet = chip->registers[SX126X_REG_IQ_POLARITY] & 0x04;
	return isSet != (chip->packet[5] != 0);
}

static void cancel(uint32_t *event) {
	simClockCancel(*event);
	*event = 0;
}

/* The timer is not cancelled here: that is erratum 15.3. */
void sx126xSimStandby(Sx126xSim *chip) {
	simReceiverClose(&chip->receiver);
	cancel(&chip->endEvent);
	chip->mode = SX126X_SIM_STANDBY;
	chip->isXosc = false;
	chip->dutyRx = chip->dutySleep = 0;
}

/* 13.1.15: after a packet, or a timeout. */
static void fallBack(Sx126xSim *chip) {
	sx126xSimStandby(chip);
	chip->isXosc = chip->fallback == SX126X_FALLBACK_XOSC;
	if (chip->fallback == SX126X_FALLBACK_FS)
		chip->mode = SX126X_SIM_FS;
}

static void timerEnds(void *context) {
	Sx126xSim *chip = context;
	chip->timerEvent = 0;
	if (chip->mode == SX126X_SIM_RX && chip->receiver.isLocked)
		return; /* stopped by the packet */
	if (chip->mode != SX126X_SIM_RX && chip->mode != SX126X_SIM_TX && chip->mode != SX126X_SIM_CAD)
		return;
	fallBack(chip);
	sx126xSimRaise(chip, SX126X_IRQ_TIMEOUT);
}

static void startTimer(Sx126xSim *chip, uint32_t ticks) {
	cancel(&chip->timerEvent);
	if (ticks && ticks < SX126X_RX_CONTINUOUS)
		chip->timerEvent = simClockAt(chip->busyUntil + (uint64_t)ticks * 125 / 8, timerEnds, chip);
}

static void sendingEnds(void *context) {
	Sx126xSim *chip = context;
	chip->endEvent = 0;
	fallBack(chip);
	cancel(&chip->timerEvent);
	chip->commandStatus = SX126X_STATUS_SENT;
	sx126xSimRaise(chip, SX126X_IRQ_TX_DONE);
}

/* dBm that the PA gives at SetTxParams' largest value, and mA that it draws then (13.1.14.1, table 13-21, and 3.5); between the data sheet's settings interpolated, below them as drivers' measured tables have it. */
typedef struct {
	float setting, power, current, dutyCycle;
} PaRow;
static const PaRow highPower[] = { { 0, -2, 25, 2 }, { 1, 6, 35, 2 }, { 2, 14, 45, 2 }, { 3, 17, 58, 2 },
	{ 5, 20, 84, 3 }, { 7, 22, 118, 4 } };
static const PaRow lowPower[] = { { 0, 9, 14, 0 }, { 1, 11, 15.5f, 1 }, { 4, 14, 25.5f, 4 }, { 6, 15, 32.5f, 6 },
	{ 7, 15, 33, 7 } };

static PaRow paOf(const Sx126xSim *chip) {
	const PaRow *row = chip->board.isSx1261 ? lowPower : highPower;
	const float setting = chip->board.isSx1261 ? chip->pa[0] : chip->pa[1];
	float share;
	while (row[1].setting < setting)
		row++;
	share = (setting - row->setting) / (row[1].setting - row->setting);
	const float dutyCycle = row->dutyCycle + share * (row[1].dutyCycle - row->dutyCycle);
	/* Beside the data sheet's settings: about 1 dB a step of the duty cycle, as in those tables. */
	return (PaRow){ setting, row->power + share * (row[1].power - row->power) + (float)chip->pa[0] - dutyCycle,
		row->current + share * (row[1].current - row->current), dutyCycle };
}

/* dB below that. */
static float backOff(const Sx126xSim *chip) {
	return (chip->board.isSx1261 ? 14.0f : 22.0f) - (float)chip->power;
}

/* Erratum 15.2: with the default clamp, a mismatched antenna costs 5 to 6 dB. */
static float powerOf(const Sx126xSim *chip) {
	const bool isClamped =
		!chip->board.isSx1261 && (chip->registers[SX126X_REG_TX_CLAMP] & SX126X_CLAMP_OFF) != SX126X_CLAMP_OFF;
	const float power = paOf(chip).power - backOff(chip);
	return power - (isClamped && power > 10 ? 6.0f : 0.0f);
}

/* A PA backed off by 10 dB draws 0.72 of its current (Semtech's figures at the largest setting: 117.9 mA at 22 dBm, 84.6 at 13), one by 20 dB half of it. */
static float currentOf(const Sx126xSim *chip) {
	const float by = backOff(chip);
	return paOf(chip).current * (by < 10 ? 1 - 0.028f * by : by < 20 ? 0.72f - 0.022f * (by - 10) : 0.5f);
}

/* 13.1.14: the settings that do not overload the PA. */
static bool isPaAllowed(const Sx126xSim *chip, const SimModulation *m) {
	if (chip->pa[3] != 1 || chip->pa[2] != chip->board.isSx1261)
		return false;
	if (chip->board.isSx1261)
		return chip->pa[0] <= (m->frequency < 400000000 ? 4 : 7) && chip->pa[1] == 0 && chip->power >= -17 &&
			chip->power <= 15;
	return chip->pa[0] <= 4 && chip->pa[1] <= 7 && chip->power >= -9 && chip->power <= 22;
}

/* Erratum 15.3 again: an event that was not cleared ends the next operation. */
static bool isEndedByOldTimer(Sx126xSim *chip) {
	if (!chip->isTimerEventDue)
		return false;
	chip->isTimerEventDue = false;
	sx126xSimRaise(chip, SX126X_IRQ_TIMEOUT);
	return true;
}

void sx126xSimSend(Sx126xSim *chip, uint32_t ticks) {
	SimPacket packet;
	const bool wasTimed = chip->timerEvent != 0;
	memset(&packet, 0, sizeof packet);
	sx126xSimStandby(chip);
	if (!canRun(chip, &packet.modulation))
		return;
	if (!isPaAllowed(chip, &packet.modulation)) {
		chip->commandStatus = SX126X_STATUS_FAILED;
		chip->complaints.failedStarts++;
		return;
	}
	if (isEndedByOldTimer(chip))
		return;
	chip->mode = SX126X_SIM_TX;
	packet.bytes = chip->packet[3];
	packet.start = chip->busyUntil;
	packet.end = packet.start + simPacketTime(&packet.modulation, packet.bytes);
	packet.power = powerOf(chip);
	packet.impairment = txImpairment(chip, &packet.modulation) + (isIqRight(chip) ? 0.0f : 6.0f);
	for (size_t i = 0; i < packet.bytes; i++)
		packet.payload[i] = chip->buffer[(uint8_t)(chip->txBase + i)];
	if (!wasTimed)
		startTimer(chip, ticks); /* a running timer is not restarted (erratum 15.3) */
	chip->sentCharge += (double)currentOf(chip) * (double)(packet.end - packet.start) / 1e6;
	chip->endEvent = simClockAt(packet.end, sendingEnds, chip);
	chip->board.air->transmit(chip->board.air->context, &packet);
}

static void hearsPreamble(void *context, uint64_t at) {
	(void)at;
	sx126xSimRaise(context, SX126X_IRQ_PREAMBLE);
}

static void hearsHeader(void *context, bool isGood) {
	Sx126xSim *chip = context;
	const SimModulation *m = &chip->receiver.packet.modulation;
	if (isGood) {
		chip->registers[SX126X_REG_HEADER_RATE] = (uint8_t)((m->codingRate - 4) << 4);
		chip->registers[SX126X_REG_HEADER_CRC] = m->crc ? 0x10 : 0;
	} else {
		chip->headerErrors++;
	}
	sx126xSimRaise(chip, isGood ? SX126X_IRQ_HEADER : SX126X_IRQ_HEADER_ERROR);
}

static void hearsPacket(void *context, const SimPacket *packet, bool isGood) {
	Sx126xSim *chip = context;
	const float level = packet->rssi < -127.0f ? -127.0f : packet->rssi;
	size_t i;
	chip->rxStart = chip->rxBase;
	chip->rxBytes = (uint8_t)packet->bytes;
	for (i = 0; i < packet->bytes; i++)
		chip->buffer[(uint8_t)(chip->rxBase + i)] = packet->payload[i];
	if (!isGood && packet->bytes)
		chip->buffer[chip->rxBase] ^= 0x55;
	chip->status[0] = (uint8_t)(-2.0f * level);
	chip->status[1] = (uint8_t)(int8_t)(packet->snr > 12.0f ? 48 : packet->snr < -32.0f ? -128 : 4 * packet->snr);
	chip->status[2] = (uint8_t)(-2.0f * level);
	chip->packets++;
	chip->crcErrors = (uint16_t)(chip->crcErrors + (!isGood && packet->modulation.crc));
	chip->commandStatus = SX126X_STATUS_DATA;
	/* Erratum 15.3: without a header the timer of a reception with timeout keeps running. */
	if (packet->modulation.header)
		cancel(&chip->timerEvent);
	if (!chip->isContinuous)
		fallBack(chip);
	sx126xSimRaise(
		chip, (uint16_t)(SX126X_IRQ_RX_DONE | (isGood || !packet->modulation.crc ? 0 : SX126X_IRQ_CRC_ERROR)));
}

static void hearsNothing(void *context) {
	Sx126xSim *chip = context;
	fallBack(chip);
	cancel(&chip->timerEvent);
	sx126xSimRaise(chip, SX126X_IRQ_TIMEOUT);
}

void sx126xSimLink(Sx126xSim *chip) {
	chip->receiver.air = chip->board.air;
	chip->receiver.chip = chip;
	chip->receiver.events = (SimReceiverEvents){ hearsPreamble, hearsHeader, hearsPacket, hearsNothing };
}

/* 13.4.9: symbols to wait for a preamble; 0: as long as the timer runs. */
static int32_t symbolsOf(const Sx126xSim *chip) {
	const uint8_t code = chip->registers[SX126X_REG_SYMBOL_TIMEOUT];
	return (int32_t)(code >> 3) << (2 * (code & 7) + 1);
}

void sx126xSimListen(Sx126xSim *chip, uint32_t ticks) {
	SimReceiver *receiver = &chip->receiver;
	sx126xSimStandby(chip);
	if (!chip->isLora) {
		chip->mode = SX126X_SIM_RX; /* for its RSSI: nothing is received of GFSK */
		return;
	}
	if (!canRun(chip, &receiver->modulation))
		return;
	if (isEndedByOldTimer(chip))
		return;
	chip->mode = SX126X_SIM_RX;
	chip->isContinuous = ticks == SX126X_RX_CONTINUOUS;
	receiver->impairment = (isImageCalibrated(chip, &receiver->modulation) ? 0.0f : 15.0f) +
		(chip->registers[SX126X_REG_RX_GAIN] == SX126X_RX_GAIN_BOOSTED ? 0.0f : 3.0f);
	receiver->longestIntact = isIqRight(chip) ? 255 : 16;
	if (!chip->timerEvent)
		startTimer(chip, ticks);
	simReceiverOpen(receiver, chip->busyUntil, chip->isContinuous ? 0 : symbolsOf(chip));
}

static uint64_t microsecondsOf(uint32_t ticks) {
	return (uint64_t)ticks * 125 / 8;
}

static void wakesToListen(void *context);

/* 13.1.7: a preamble keeps it awake, until its packet has come or was none. */
static void restsBetween(void *context) {
	Sx126xSim *chip = context;
	const uint64_t rx = microsecondsOf(chip->dutyRx), sleep = microsecondsOf(chip->dutySleep);
	if (chip->receiver.isLocked || chip->receiver.packetEvent) {
		chip->endEvent = simClockAt(simClockNow() + rx + sleep, restsBetween, chip);
		return;
	}
	simReceiverClose(&chip->receiver);
	chip->endEvent = simClockAt(simClockNow() + sleep, wakesToListen, chip);
}

static void wakesToListen(void *context) {
	Sx126xSim *chip = context;
	simReceiverOpen(&chip->receiver, simClockNow(), 0);
	chip->endEvent = simClockAt(simClockNow() + microsecondsOf(chip->dutyRx), restsBetween, chip);
}

void sx126xSimListenAtTimes(Sx126xSim *chip, uint32_t rx, uint32_t sleep) {
	sx126xSimListen(chip, 0);
	if (chip->mode != SX126X_SIM_RX)
		return;
	chip->dutyRx = rx;
	chip->dutySleep = sleep;
	wakesToListen(chip);
}

/* Nothing can be received of either. */
void sx126xSimSendEndless(Sx126xSim *chip) {
	SimModulation m;
	sx126xSimStandby(chip);
	if (canRun(chip, &m) && isPaAllowed(chip, &m))
		chip->mode = SX126X_SIM_TX;
}

/* 13.4.7: a search, then a reception of what it has found, or a transmission where it has found nothing. */
static void detectionEnds(void *context) {
	Sx126xSim *chip = context;
	const SimModulation *m = &chip->receiver.modulation;
	const float level = chip->board.air->level(chip->board.air->context, m->frequency, m->bandwidth);
	const bool isBusy = level >= simNoiseFloor(m->bandwidth) + simSnrFloor(m->sf);
	const uint32_t ticks = (uint32_t)chip->cad[4] << 16 | (uint32_t)chip->cad[5] << 8 | chip->cad[6];
	chip->endEvent = 0;
	fallBack(chip);
	sx126xSimSetBusy(chip, 100);
	sx126xSimRaise(chip, (uint16_t)(SX126X_IRQ_CAD_DONE | (isBusy ? SX126X_IRQ_CAD_DETECTED : 0)));
	if (chip->cad[3] == SX126X_CAD_RX && isBusy)
		sx126xSimListen(chip, ticks);
	else if (chip->cad[3] == SX126X_CAD_LBT && !isBusy)
		sx126xSimSend(chip, ticks);
}

void sx126xSimDetect(Sx126xSim *chip) {
	sx126xSimStandby(chip);
	if (!canRun(chip, &chip->receiver.modulation))
		return;
	chip->mode = SX126X_SIM_CAD;
	chip->endEvent =
		simClockAt(chip->busyUntil + (uint64_t)(1u << (chip->cad[0] & 7)) * simSymbolTime(&chip->receiver.modulation),
			detectionEnds, chip);
}

/* 13.4.5.1, table 13-47: a GFSK receiver's bandwidths, rounded. */
static int32_t gfskBandwidth(uint8_t code) {
	return (7500000 / (12 + 4 * (code >> 3 & 3))) >> ((code + 7) & 7);
}

float sx126xSimLevel(Sx126xSim *chip) {
	SimModulation m;
	if (!chip->isLora) {
		m.frequency = frequencyOf(chip);
		m.bandwidth = gfskBandwidth(chip->modulation[4]);
	} else if (!modulationOf(chip, &m)) {
		return -127.0f;
	}
	const float level = chip->board.air->level(chip->board.air->context, m.frequency, m.bandwidth),
				noise = simNoiseFloor(m.bandwidth);
	return level < noise ? noise : level;
}
