/* SX127x: modem, packet format and frequency, with their workarounds. */
#include "airtime.h"
#include "sx127x.h"

static int bandwidthIndex(const LoraRadio *radio) {
	int i = 0;
	while (loraBandwidths[i] != radio->listen.modulation.bandwidth)
		i++;
	return i;
}

/* RegModemConfig1..3: SX1272 has the same fields at other places, and only 125 kHz and up. */
LoraStepResult sx127xSetModem(LoraRadio *radio) {
	const LoraModulation *m = &radio->listen.modulation;
	const uint8_t rate = (uint8_t)(m->codingRate - 4), isImplicit = m->implicitLength != 0, crc = m->crc != 0,
				  isSlow = loraIsLowDataRate(m->sf, m->bandwidth);
	const uint8_t symbolsHigh = (uint8_t)(radio->listen.timeoutSymbols >> 8), sf = (uint8_t)(m->sf << 4);
	const uint8_t bandwidth = (uint8_t)bandwidthIndex(radio);
	uint8_t modem[3];
	if (sx127xIsSx1272(radio)) {
		modem[0] = (uint8_t)((bandwidth - 7) << 6 | rate << 3 | isImplicit << 2 | crc << 1 | isSlow);
		modem[1] = (uint8_t)(sf | 0x04 | symbolsHigh); /* automatic gain */
	} else {
		modem[0] = (uint8_t)(bandwidth << 4 | rate << 1 | isImplicit);
		modem[1] = (uint8_t)(sf | crc << 2 | symbolsHigh);
		sx127xWrite(radio, SX127X_REG_MODEM_3, (uint8_t)(isSlow << 3 | 0x04));
	}
	modem[2] = (uint8_t)radio->listen.timeoutSymbols;
	sx127xWriteRun(radio, SX127X_REG_MODEM_1, modem, 3);
	return LORA_STEP_NEXT;
}

LoraStepResult sx127xSetPacket(LoraRadio *radio) {
	const LoraModulation *m = &radio->listen.modulation;
	const uint8_t length = radio->operation == LORA_TRANSMIT ? (uint8_t)radio->bytes
		: m->implicitLength                                  ? (uint8_t)m->implicitLength
															 : LORA_LARGEST_PACKET;
	const uint8_t packet[] = { (uint8_t)(m->preamble >> 8), (uint8_t)m->preamble, length, LORA_LARGEST_PACKET };
	sx127xWriteRun(radio, SX127X_REG_PREAMBLE, packet, sizeof packet);
	sx127xWrite(radio, SX127X_REG_SYNC_WORD, (uint8_t)m->syncWord);
	/* 4.1.1.2: SF6 needs another detection optimization. */
	sx127xWrite(radio, SX127X_REG_DETECT_THRESHOLD, m->sf == 6 ? 0x0C : 0x0A);
	return LORA_STEP_NEXT;
}

/* Both registers, and back again: RegInvertIQ2 is in the errata note only. */
LoraStepResult sx127xSetIq(LoraRadio *radio) {
	const bool isInverted = radio->listen.modulation.invertIQ;
	sx127xWrite(radio, SX127X_REG_INVERT_IQ,
		!isInverted                             ? SX127X_IQ_NORMAL
			: radio->operation == LORA_TRANSMIT ? SX127X_IQ_INVERTED_TX
												: SX127X_IQ_INVERTED_RX);
	if (LORA_ERRATUM(invert_iq))
		sx127xWrite(radio, SX127X_REG_INVERT_IQ_2, isInverted ? SX127X_IQ_2_INVERTED : SX127X_IQ_2_NORMAL);
	return LORA_STEP_NEXT;
}

/* Erratum 2.1: sensitivity at 500 kHz, above 410 MHz; otherwise the automatic setting is restored. SX1272 does not have this erratum. */
LoraStepResult sx127xTuneWide(LoraRadio *radio) {
	const LoraModulation *m = &radio->listen.modulation;
	const bool isWide = m->bandwidth == 500000 && m->frequency >= 410000000;
	if (sx127xIsSx1272(radio))
		return LORA_STEP_NEXT;
	if (isWide && LORA_ERRATUM(2_1)) {
		sx127xWrite(radio, SX127X_REG_HIGH_BW_1, 0x02);
		sx127xWrite(radio, SX127X_REG_HIGH_BW_2, m->frequency >= 862000000 ? 0x64 : 0x7F);
	}
	if (!isWide && LORA_ERRATUM(2_1_restore))
		sx127xWrite(radio, SX127X_REG_HIGH_BW_1, 0x03);
	return LORA_STEP_NEXT;
}

/* Erratum 2.3: a fixed intermediate frequency when receiving below 500 kHz, in the order of loraBandwidths. */
LoraStepResult sx127xRejectSpurs(LoraRadio *radio) {
	static const uint8_t frequencies[LORA_BANDWIDTHS] = { 0x48, 0x44, 0x44, 0x44, 0x44, 0x44, 0x40, 0x40, 0x40, 0 };
	const LoraModulation *m = &radio->listen.modulation;
	const uint8_t detect = m->sf == 6 ? 0x05 : 0x03;
	const bool isWide = m->bandwidth == 500000;
	if (sx127xIsSx1272(radio)) {
		sx127xWrite(radio, SX127X_REG_DETECT, detect | 0xC0);
		return LORA_STEP_NEXT;
	}
	if (radio->operation == LORA_TRANSMIT) {
		sx127xWrite(radio, SX127X_REG_DETECT, detect | SX127X_AUTOMATIC_IF | 0x40);
	} else if (isWide) {
		if (LORA_ERRATUM(2_3_wide))
			sx127xWrite(radio, SX127X_REG_DETECT, detect | SX127X_AUTOMATIC_IF | 0x40);
	} else if (LORA_ERRATUM(2_3)) {
		sx127xWrite(radio, SX127X_REG_DETECT, detect | 0x40);
		sx127xWrite(radio, SX127X_REG_IF_2, frequencies[bandwidthIndex(radio)]);
		sx127xWrite(radio, SX127X_REG_IF_1, 0x00);
	}
	return LORA_STEP_NEXT;
}

/* Erratum 2.3 again: narrow receivers are tuned one bandwidth higher, the transmitter is not. Computed from the offset each time. */
LoraStepResult sx127xSetFrequency(LoraRadio *radio) {
	const LoraModulation *m = &radio->listen.modulation;
	const bool isReceiver = radio->operation != LORA_TRANSMIT || !LORA_ERRATUM(2_3_undo);
	const bool isOffset = LORA_ERRATUM(2_3_offset) && isReceiver && !sx127xIsSx1272(radio) && m->bandwidth <= 41670;
	const int32_t frequency = m->frequency + (isOffset ? m->bandwidth : 0);
	const uint32_t steps = (uint32_t)((((uint64_t)frequency << 19) + 16000000) / 32000000);
	const uint8_t bytes[] = { (uint8_t)(steps >> 16), (uint8_t)(steps >> 8), (uint8_t)steps };
	sx127xWriteRun(radio, SX127X_REG_FREQUENCY, bytes, 3);
	return LORA_STEP_NEXT;
}
