/* SX126x: frequency, modulation and packet format, with their workarounds. */
#include "airtime.h"
#include "sx126x.h"

/* 9.2.1: the image calibration is valid for a band, and is lost in cold sleep. */
LoraStepResult sx126xCalibrateImage(LoraRadio *radio) {
	static const struct {
		int16_t from, to; /* MHz */
		uint8_t codes[2];
	} bands[] = { { 430, 440, { 0x6B, 0x6F } }, { 470, 510, { 0x75, 0x81 } }, { 779, 787, { 0xC1, 0xC5 } },
		{ 863, 870, { 0xD7, 0xDB } }, { 902, 928, { 0xE1, 0xE9 } } };
	const int32_t megahertz = radio->listen.modulation.frequency / 1000000;
	uint8_t low = (uint8_t)(megahertz / 4), high = (uint8_t)(megahertz / 4 + 1);
	int32_t band = megahertz;
	unsigned i;
	for (i = 0; i < sizeof bands / sizeof *bands; i++) {
		if (megahertz < bands[i].from || megahertz > bands[i].to)
			continue;
		band = bands[i].from;
		low = bands[i].codes[0];
		high = bands[i].codes[1];
	}
	if (!LORA_ERRATUM(image) || radio->calibratedFor == band)
		return LORA_STEP_NEXT;
	radio->calibratedFor = band;
	SX126X_COMMAND(radio, SX126X_CALIBRATE_IMAGE, low, high);
	return LORA_STEP_NEXT;
}

/* 13.4.1: steps of 32 MHz / 2^25. */
LoraStepResult sx126xSetFrequency(LoraRadio *radio) {
	const uint32_t steps = (uint32_t)((((uint64_t)radio->listen.modulation.frequency << 25) + 16000000) / 32000000);
	SX126X_COMMAND(radio, SX126X_SET_FREQUENCY, (uint8_t)(steps >> 24), (uint8_t)(steps >> 16), (uint8_t)(steps >> 8),
		(uint8_t)steps);
	return LORA_STEP_NEXT;
}

/* 13.4.5.2, codes in the order of loraBandwidths. */
LoraStepResult sx126xSetModulation(LoraRadio *radio) {
	static const uint8_t codes[LORA_BANDWIDTHS] = { 0x00, 0x08, 0x01, 0x09, 0x02, 0x0A, 0x03, 0x04, 0x05, 0x06 };
	const LoraModulation *m = &radio->listen.modulation;
	int i = 0;
	while (loraBandwidths[i] != m->bandwidth)
		i++;
	SX126X_COMMAND(radio, SX126X_SET_MODULATION, (uint8_t)m->sf, codes[i], (uint8_t)(m->codingRate - 4),
		loraIsLowDataRate(m->sf, m->bandwidth));
	return LORA_STEP_NEXT;
}

/* Erratum 15.1: modulation quality at 500 kHz. */
LoraStepResult sx126xTuneTxQuality(LoraRadio *radio) {
	const bool isWide = radio->listen.modulation.bandwidth == 500000;
	if (!LORA_ERRATUM(15_1))
		return LORA_STEP_NEXT;
	return sx126xModify(radio, SX126X_REG_TX_MODULATION, 0x04, isWide ? 0 : 0x04);
}

/* 13.4.6.2 */
LoraStepResult sx126xSetPacket(LoraRadio *radio) {
	const LoraModulation *m = &radio->listen.modulation;
	const uint8_t length = m->implicitLength ? (uint8_t)m->implicitLength
		: radio->operation == LORA_TRANSMIT  ? (uint8_t)radio->bytes
											 : LORA_LARGEST_PACKET;
	SX126X_COMMAND(radio, SX126X_SET_PACKET, (uint8_t)(m->preamble >> 8), (uint8_t)m->preamble, m->implicitLength != 0,
		length, m->crc != 0, m->invertIQ != 0);
	return LORA_STEP_NEXT;
}

/* Erratum 15.4: inverted IQ loses long packets; after every SetPacketParams. */
LoraStepResult sx126xTuneIq(LoraRadio *radio) {
	if (!LORA_ERRATUM(15_4))
		return LORA_STEP_NEXT;
	return sx126xModify(radio, SX126X_REG_IQ_POLARITY, 0x04, radio->listen.modulation.invertIQ ? 0 : 0x04);
}

/* The two nibbles of SX127x's sync word, each followed by a 4: 0x34 is 0x3444. */
LoraStepResult sx126xSetSyncWord(LoraRadio *radio) {
	const uint8_t word = (uint8_t)radio->listen.modulation.syncWord;
	SX126X_WRITE(radio, SX126X_REG_SYNC_WORD, (uint8_t)((word & 0xF0) | 4), (uint8_t)((word & 0x0F) << 4 | 4));
	return LORA_STEP_NEXT;
}
