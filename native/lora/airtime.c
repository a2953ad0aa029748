#include "airtime.h"

/* The nominal bandwidths are rounded: 7.81 kHz is 1/64 of 500 kHz, 10.42 kHz 1/48 and so on. */
static int64_t exactBandwidth(int32_t bandwidth, int64_t *divisor) {
	static const int32_t fractions[][2] = { { 7810, 64 }, { 10420, 48 }, { 15630, 32 }, { 20830, 24 }, { 31250, 16 },
		{ 41670, 12 }, { 62500, 8 } };
	unsigned i;
	for (i = 0; i < sizeof fractions / sizeof *fractions; i++) {
		if (bandwidth != fractions[i][0])
			continue;
		*divisor = fractions[i][1];
		return 500000;
	}
	*divisor = 1;
	return bandwidth;
}

static uint64_t divideUp(int64_t a, int64_t b) {
	return (uint64_t)((a + b - 1) / b);
}

uint32_t loraSymbolTime(int32_t sf, int32_t bandwidth) {
	int64_t divisor, hertz = exactBandwidth(bandwidth, &divisor);
	return (uint32_t)divideUp(((int64_t)1 << sf) * 1000000 * divisor, hertz);
}

bool loraIsLowDataRate(int32_t sf, int32_t bandwidth) {
	return loraSymbolTime(sf, bandwidth) >= 16380;
}

uint64_t loraAirtime(const LoraFrameShape *shape, int32_t bytes) {
	const int32_t sf = shape->sf;
	const bool isShort = sf < 7;
	int64_t divisor, hertz = exactBandwidth(shape->bandwidth, &divisor);
	const int32_t bitsPerBlock = 4 * (sf - (loraIsLowDataRate(sf, shape->bandwidth) ? 2 : 0));
	/* SF5 and SF6 have no 8 spare bits in the first block, and two more preamble symbols. */
	const int32_t bits = 8 * bytes - 4 * sf + (isShort ? 0 : 8) + 20 + (shape->crc ? 16 : 0) - (shape->header ? 0 : 20);
	const int32_t blocks = bits > 0 ? (int32_t)divideUp(bits, bitsPerBlock) : 0;
	/* In quarters of a symbol: the preamble ends with 4.25, or 6.25, symbols of synchronization. */
	const int64_t quarters =
		4 * (int64_t)shape->preamble + (isShort ? 25 : 17) + 4 * (8 + (int64_t)blocks * shape->codingRate);
	return divideUp(quarters * ((int64_t)1 << sf) * 1000000 * divisor, 4 * hertz);
}
