/* The simulated SX127x on the air, and what its errata do there when the driver leaves them alone. */
#include "sx127xSim.h"

#include <string.h>

#include "clock.h"
#include "sx127xChip.h"

static const int32_t bandwidths[] = { 7810, 10420, 15630, 20830, 31250, 41670, 62500, 125000, 250000, 500000 };
/* Erratum 2.3: RegIfFreq2 by bandwidth. */
static const uint8_t intermediate[] = { 0x48, 0x44, 0x44, 0x44, 0x44, 0x44, 0x40, 0x40, 0x40 };

static void cancel(uint32_t *event) {
	simClockCancel(*event);
	*event = 0;
}

static int32_t tunedTo(const Sx127xSim *chip) {
	const uint8_t *f = &chip->lora[SX127X_REG_FREQUENCY];
	return (int32_t)((((uint64_t)f[0] << 16 | (uint64_t)f[1] << 8 | f[2]) * 32000000 + (1 << 18)) >> 19);
}

/* The modulation that the registers mean, `index` of its bandwidth; false when they mean none. */
static bool modulationOf(const Sx127xSim *chip, SimModulation *m, int *index, bool isSending) {
	const uint8_t one = chip->lora[SX127X_REG_MODEM_1], two = chip->lora[SX127X_REG_MODEM_2],
				  three = chip->lora[SX127X_REG_MODEM_3];
	const uint8_t iq = chip->lora[SX127X_REG_INVERT_IQ];
	bool isSlow;
	if (chip->board.isSx1272) {
		*index = 7 + (one >> 6);
		m->codingRate = 4 + (one >> 3 & 7);
		m->header = !(one & 0x04);
		m->crc = one & 0x02;
		isSlow = one & 0x01;
	} else {
		*index = one >> 4;
		m->codingRate = 4 + (one >> 1 & 7);
		m->header = !(one & 0x01);
		m->crc = two & 0x04;
		isSlow = three & 0x08;
	}
	m->sf = two >> 4;
	if (*index > 9 || m->sf < 6 || m->sf > 12 || m->codingRate < 5 || m->codingRate > 8)
		return false;
	m->bandwidth = bandwidths[*index];
	m->frequency = tunedTo(chip);
	m->preamble = chip->lora[SX127X_REG_PREAMBLE] << 8 | chip->lora[SX127X_REG_PREAMBLE + 1];
	m->syncWord = chip->lora[SX127X_REG_SYNC_WORD];
	m->invertIQ = isSending ? !(iq & 0x01) : (iq & 0x40) != 0;
	return isSlow == (simSymbolTime(m) >= 16380) && (m->sf == 6) == (chip->lora[SX127X_REG_DETECT_THRESHOLD] == 0x0C);
}

static bool hasOscillator(const Sx127xSim *chip) {
	return !chip->board.tcxoDecivolt || (chip->lora[chip->board.isSx1272 ? SX1272_REG_TCXO : SX127X_REG_TCXO] & 0x10);
}

static bool isIqRight(const Sx127xSim *chip, bool isInverted) {
	return chip->lora[SX127X_REG_INVERT_IQ_2] == (isInverted ? SX127X_IQ_2_INVERTED : SX127X_IQ_2_NORMAL);
}

void sx127xSimStop(Sx127xSim *chip) {
	simReceiverClose(&chip->receiver);
	cancel(&chip->endEvent);
	chip->lora[SX127X_REG_MODEM_STATUS] = 0;
}

static void toStandby(Sx127xSim *chip) {
	sx127xSimStop(chip);
	chip->mode = (uint8_t)((chip->mode & ~7) | SX127X_MODE_STANDBY);
}

static void sendingEnds(void *context) {
	Sx127xSim *chip = context;
	chip->endEvent = 0;
	toStandby(chip);
	sx127xSimRaise(chip, SX127X_IRQ_TX_DONE);
}

/* 5.4.2: dBm of the PA's setting. */
static float powerOf(const Sx127xSim *chip) {
	const uint8_t pa = chip->lora[SX127X_REG_PA],
				  dac = chip->lora[chip->board.isSx1272 ? SX1272_REG_PA_DAC : SX127X_REG_PA_DAC];
	if (pa & SX127X_PA_BOOST)
		return (float)((pa & 15) + (dac == SX127X_PA_DAC_20_DBM ? 5 : 2));
	if (chip->board.isSx1272)
		return (float)(pa & 15) - 1.0f;
	return 10.8f + 0.6f * (float)(pa >> 4 & 7) - 15.0f + (float)(pa & 15);
}

static void send(Sx127xSim *chip) {
	SimPacket packet;
	int index;
	size_t i;
	memset(&packet, 0, sizeof packet);
	if (!hasOscillator(chip) || !modulationOf(chip, &packet.modulation, &index, true)) {
		chip->complaints.failedStarts++;
		return;
	}
	if (chip->board.faults.txHangs) {
		chip->board.faults.txHangs = false;
		chip->isHung = true;
		return;
	}
	packet.bytes = chip->lora[SX127X_REG_PAYLOAD];
	packet.start = simClockNow() + 100;
	packet.end = packet.start + simPacketTime(&packet.modulation, packet.bytes);
	packet.power = powerOf(chip);
	packet.impairment = isIqRight(chip, packet.modulation.invertIQ) ? 0.0f : 6.0f;
	for (i = 0; i < packet.bytes; i++)
		packet.payload[i] = chip->fifo[(uint8_t)(chip->lora[SX127X_REG_FIFO_TX] + i)];
	chip->endEvent = simClockAt(packet.end, sendingEnds, chip);
	chip->board.air->transmit(chip->board.air->context, &packet);
}

static void hearsPreamble(void *context, uint64_t at) {
	Sx127xSim *chip = context;
	(void)at;
	chip->lora[SX127X_REG_MODEM_STATUS] |= SX127X_MODEM_RECEIVING | 0x03;
}

/* Two bytes, high byte first; they begin anew in sleep (6.4). */
static void count(uint8_t *counter) {
	if (++counter[1] == 0)
		counter[0]++;
}

static void hearsHeader(void *context, bool isGood) {
	Sx127xSim *chip = context;
	if (!isGood)
		return;
	count(&chip->lora[SX127X_REG_HEADERS]);
	chip->lora[SX127X_REG_HOP_CHANNEL] = chip->receiver.packet.modulation.crc ? SX127X_CRC_ON_PAYLOAD : 0;
	chip->lora[SX127X_REG_MODEM_STATUS] = (uint8_t)(chip->lora[SX127X_REG_MODEM_STATUS] & 0x1F);
	chip->lora[SX127X_REG_MODEM_STATUS] |=
		(uint8_t)((chip->receiver.packet.modulation.codingRate - 4) << 5 | SX127X_MODEM_HAS_HEADER);
	sx127xSimRaise(chip, SX127X_IRQ_HEADER);
}

static void writeSignal(Sx127xSim *chip, const SimPacket *packet) {
	const float offset = sx127xSimRssiOffset(chip);
	const float snr = packet->snr > 12 ? 12 : packet->snr < -32 ? -32 : packet->snr;
	const float level = snr >= 0 ? (packet->rssi - offset) * 15.0f / 16.0f : packet->rssi - offset - snr;
	const int64_t difference = (int64_t)packet->modulation.frequency - chip->receiver.modulation.frequency;
	const uint32_t error =
		(uint32_t)(difference * 32000000 / (1 << 24) * 500000 / chip->receiver.modulation.bandwidth) & 0xFFFFF;
	chip->lora[SX127X_REG_PACKET_SNR] = (uint8_t)(int8_t)(4 * snr);
	chip->lora[SX127X_REG_PACKET_RSSI] = level < 0 ? 0 : level > 255 ? 255 : (uint8_t)(level + 0.5f);
	chip->lora[SX127X_REG_FREQUENCY_ERROR] = (uint8_t)(error >> 16);
	chip->lora[SX127X_REG_FREQUENCY_ERROR + 1] = (uint8_t)(error >> 8);
	chip->lora[SX127X_REG_FREQUENCY_ERROR + 2] = (uint8_t)error;
}

static void hearsPacket(void *context, const SimPacket *packet, bool isGood) {
	Sx127xSim *chip = context;
	const uint8_t base = chip->lora[SX127X_REG_FIFO_RX];
	size_t i;
	for (i = 0; i < packet->bytes; i++)
		chip->fifo[(uint8_t)(base + i)] = packet->payload[i];
	if (!isGood && packet->bytes)
		chip->fifo[base] ^= 0x55;
	chip->lora[SX127X_REG_FIFO_RX_CURRENT] = base;
	chip->lora[SX127X_REG_RX_BYTES] = (uint8_t)packet->bytes;
	chip->lora[SX127X_REG_MODEM_STATUS] &= 0xE0;
	count(&chip->lora[SX127X_REG_PACKETS]);
	writeSignal(chip, packet);
	if (!chip->isContinuous)
		toStandby(chip);
	sx127xSimRaise(
		chip, (uint8_t)(SX127X_IRQ_RX_DONE | (isGood || !packet->modulation.crc ? 0 : SX127X_IRQ_CRC_ERROR)));
}

static void hearsNothing(void *context) {
	Sx127xSim *chip = context;
	toStandby(chip);
	sx127xSimRaise(chip, SX127X_IRQ_RX_TIMEOUT);
}

void sx127xSimLink(Sx127xSim *chip) {
	chip->receiver.air = chip->board.air;
	chip->receiver.chip = chip;
	chip->receiver.events = (SimReceiverEvents){ hearsPreamble, hearsHeader, hearsPacket, hearsNothing };
}

/* Erratum 2.3: now and then the chip receives its own spurious tone: a packet that nobody sent. */
static void spurEnds(void *context) {
	Sx127xSim *chip = context;
	chip->endEvent = 0;
	chip->lora[SX127X_REG_RX_BYTES] = 7;
	chip->lora[SX127X_REG_MODEM_STATUS] = 0;
	if (!chip->isContinuous)
		toStandby(chip);
	sx127xSimRaise(chip, SX127X_IRQ_RX_DONE | SX127X_IRQ_CRC_ERROR);
}

/* Errata 2.1 and 2.3, and calibration: what they cost the receiver. */
static bool tune(Sx127xSim *chip, int index) {
	SimReceiver *receiver = &chip->receiver;
	SimModulation *m = &receiver->modulation;
	const bool isWide = index == 9, isAutomatic = chip->lora[SX127X_REG_DETECT] & SX127X_AUTOMATIC_IF;
	const bool isFixed = !isWide && !isAutomatic && chip->lora[SX127X_REG_IF_2] == intermediate[index] &&
		chip->lora[SX127X_REG_IF_1] == 0;
	const bool isLow = m->frequency < 525000000;
	receiver->impairment =
		(isLow ? chip->isLowCalibrated : chip->isHighCalibrated) || (chip->board.isSx1272 && chip->isHighCalibrated)
		? 0.0f
		: 3.0f;
	receiver->longestIntact = isIqRight(chip, m->invertIQ) ? 255 : 16;
	if (chip->board.isSx1272)
		return true;
	/* The narrow receivers' intermediate frequency puts them one bandwidth below what they are tuned to. */
	if (isFixed && m->bandwidth <= 41670)
		m->frequency -= m->bandwidth;
	if (isWide) {
		const uint8_t expected = m->frequency >= 862000000 ? 0x64 : 0x7F;
		const bool isTuned = chip->lora[SX127X_REG_HIGH_BW_1] == 0x02 && chip->lora[SX127X_REG_HIGH_BW_2] == expected;
		if (m->frequency >= 410000000 ? !isTuned : chip->lora[SX127X_REG_HIGH_BW_1] != 0x03)
			receiver->impairment += 6.0f;
		if (!isAutomatic)
			receiver->impairment += 12.0f;
		return true;
	}
	if (chip->lora[SX127X_REG_HIGH_BW_1] != 0x03)
		receiver->impairment += 6.0f;
	if (!isFixed)
		receiver->impairment += 6.0f;
	return isFixed;
}

static void listen(Sx127xSim *chip, bool isSingle) {
	SimReceiver *receiver = &chip->receiver;
	const int32_t symbols = (chip->lora[SX127X_REG_MODEM_2] & 3) << 8 | chip->lora[SX127X_REG_SYMBOL_TIMEOUT];
	int index;
	bool isClean;
	if (!hasOscillator(chip) || !modulationOf(chip, &receiver->modulation, &index, false)) {
		chip->complaints.failedStarts++;
		return;
	}
	isClean = tune(chip, index);
	chip->isContinuous = !isSingle;
	simReceiverOpen(receiver, simClockNow(), isSingle ? symbols : 0);
	chip->noise = chip->noise * 1664525 + 1013904223;
	if (!isClean && chip->noise >> 26 == 0)
		chip->endEvent = simClockAt(simClockNow() + 3 * (uint64_t)simSymbolTime(&receiver->modulation), spurEnds, chip);
}

static void detectionEnds(void *context) {
	Sx127xSim *chip = context;
	const SimModulation *m = &chip->receiver.modulation;
	const float level = chip->board.air->level(chip->board.air->context, m->frequency, m->bandwidth);
	chip->endEvent = 0;
	toStandby(chip);
	sx127xSimRaise(chip,
		(uint8_t)(SX127X_IRQ_CAD_DONE |
			(level >= simNoiseFloor(m->bandwidth) + simSnrFloor(m->sf) ? SX127X_IRQ_CAD_DETECTED : 0)));
}

static void detect(Sx127xSim *chip) {
	int index;
	if (!hasOscillator(chip) || !modulationOf(chip, &chip->receiver.modulation, &index, false)) {
		chip->complaints.failedStarts++;
		return;
	}
	tune(chip, index);
	chip->endEvent =
		simClockAt(simClockNow() + 2 * (uint64_t)simSymbolTime(&chip->receiver.modulation), detectionEnds, chip);
}

void sx127xSimSetMode(Sx127xSim *chip, uint8_t mode) {
	const bool wasSleeping = (chip->mode & 7) == SX127X_MODE_SLEEP;
	if (chip->isHung)
		return;
	/* The LoRa bit changes in sleep only. */
	if ((mode ^ chip->mode) & SX127X_MODE_LORA && !wasSleeping) {
		chip->complaints.badCommands++;
		mode ^= SX127X_MODE_LORA;
	}
	sx127xSimStop(chip);
	chip->mode = mode;
	if ((mode & 7) == SX127X_MODE_SLEEP)
		memset(&chip->lora[SX127X_REG_HEADERS], 0, 4);
	if (!(mode & SX127X_MODE_LORA))
		return;
	switch (mode & 7) {
	case SX127X_MODE_TX:
		send(chip);
		break;
	case SX127X_MODE_RX:
		listen(chip, false);
		break;
	case SX127X_MODE_RX_SINGLE:
		listen(chip, true);
		break;
	case SX127X_MODE_CAD:
		detect(chip);
		break;
	default:
		break;
	}
}

static float levelAt(Sx127xSim *chip, int32_t frequency, int32_t bandwidth) {
	const float level = chip->board.air->level(chip->board.air->context, frequency, bandwidth),
				noise = simNoiseFloor(bandwidth);
	return level < noise ? noise : level;
}

float sx127xSimLevel(Sx127xSim *chip) {
	SimModulation m;
	int index;
	return modulationOf(chip, &m, &index, false) ? levelAt(chip, m.frequency, m.bandwidth) : -127.0f;
}

float sx127xSimFskLevel(Sx127xSim *chip) {
	const uint8_t code = chip->fsk[SX127X_REG_FSK_BANDWIDTH];
	/* Table 40 of the data sheet: mantissa 16, 20 or 24. */
	return levelAt(chip, tunedTo(chip), (32000000 / (16 + 4 * (code >> 3 & 3))) >> ((code & 7) + 2));
}
