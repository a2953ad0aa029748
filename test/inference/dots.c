/*
 * Blocks of dot products against sums written out here, with values drawn from all of int8 and, as often, from its two ends:
 * where a pair of products fills its field. Half of the channels have a bias that brings the first pixel's sum close to 0 and
 * a scale near 1, so that the output shows it to the last bit.
 */
#include "micro/microDot.h"

#include <stdio.h>
#include <stdlib.h>

enum { mostOutputs = 40, mostTaps = 77 };

static uint64_t state = 88172645463325252u;

static uint32_t draw(uint32_t below) {
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)(state % below);
}

static void fill(int8_t *values, int32_t count) {
	const int ends = draw(2);
	while (count-- > 0)
		*values++ = (int8_t)(ends ? (draw(2) ? -128 : 127 - (int)draw(2)) : (int)draw(256) - 128);
}

/* Weights of which three just fit a field, and of which some do not. */
static void lighten(int8_t *weights, int32_t count) {
	for (; count > 0; count--, weights++)
		*weights = (int8_t)(draw(40) ? (*weights < 0 ? -85 : 85) - (*weights & (int)draw(2)) : *weights);
}

static uint32_t sizeOf(const int8_t *weights, int32_t taps) {
	uint32_t sum = 0;
	while (taps-- > 0)
		sum += (uint32_t)abs(*weights++);
	return sum;
}

/* The list of MicroDots for `count` taps of every row, written from `to` on. Returns its end. */
static uint32_t *listHeavy(
	const int8_t *weights, int32_t outputs, int32_t stride, int32_t count, int isPair, uint32_t *to) {
	const int32_t rows = microGroupRows(isPair), group = microGroupTaps(isPair), split = isPair ? 4 : 3;
	int32_t o, k, row;
	weights += count % group;
	for (o = 0; (o < outputs) && (count >= group); o += rows) {
		uint32_t *many = to++;
		*many = 0;
		for (k = 0; k + group <= count; k += group) {
			int isHeavy = 0;
			for (row = o; (row < o + rows) && (row < outputs); row++)
				isHeavy |= (sizeOf(weights + row * stride + k, split) > 255) ||
					(sizeOf(weights + row * stride + k + group - split, split) > 255);
			if (isHeavy) {
				*to++ = (uint32_t)k;
				++*many;
			}
		}
	}
	return to;
}

static int32_t sumOf(const int8_t *a, const int8_t *b, int32_t count) {
	int32_t sum = 0;
	while (count-- > 0)
		sum += *a++ * *b++;
	return sum;
}

static void compare(int8_t got, int32_t sum, MicroScale scale, const char *what, int32_t row, int32_t taps) {
	if (got == microClamp(microMultiply(sum, scale), -128, 127))
		return;
	printf("%s, row %d, %d taps: sum %d scaled by 2^%d gave %d\n", what, (int)row, (int)taps, (int)sum,
		(int)scale.shift - 1, got);
	exit(1);
}

static void check(void) {
	static int8_t before[8 + mostOutputs * mostTaps], pixels[microPixels][mostTaps];
	static int32_t block[(mostTaps + 1) * microPairs];
	int8_t *weights = before + 8;
	const int32_t outputs = 1 + (int32_t)draw(mostOutputs), taps = 1 + (int32_t)draw(mostTaps),
				  count = 1 + (int32_t)draw(microPixels);
	int8_t got[microPixels * mostOutputs];
	MicroChannel channels[mostOutputs];
	MicroScale scales[mostOutputs];
	static uint32_t totals[mostOutputs * microPixels];
	const int8_t *all[microPixels];
	const int32_t parts = draw(2) ? 1 + (int32_t)draw((uint32_t)taps) : taps;
	MicroDots dots = { weights, channels, outputs, taps, taps, NULL, NULL, false, false, { 0, 1, -128, 127 } };
	static uint32_t heavy[mostOutputs * (mostTaps / 4 + 1)];
	const int listed = (int)draw(2);
	int32_t o, p, k, zeroPoint;

	fill(weights, outputs * taps);
	if (draw(2))
		lighten(weights, outputs * taps);
	for (p = 0; p < count; p++)
		fill(pixels[p], taps);
	for (o = 0; o < outputs; o++) {
		const int close = (int)draw(2);
		scales[o].multiplier = 1 << 30;
		scales[o].shift = close ? 0 : -(int32_t)draw(16);
		channels[o].bias = close ? (int32_t)draw(400) - 200 - sumOf(weights + o * taps, pixels[0], taps)
								 : (int32_t)draw(1 << 22) - (1 << 21);
		channels[o].scale = microFastScale(scales[o], draw(4) == 0);
	}
	/* Rows in parts, or whole. */
	if (parts < taps) {
		dots.totals = memset(totals, 0x5A, sizeof(totals));
		dots.count = parts;
	}
	for (k = 0; k < taps; k += dots.count, dots.weights += dots.count) {
		if (dots.count > taps - k)
			dots.count = taps - k;
		dots.first = k == 0;
		dots.more = k + dots.count < taps;
		for (p = 0; p < microPixels; p++)
			all[p] = pixels[p < count ? p : 0] + k;
		memset(block, 0, 4 * microPairs);
		packPixels(block + microBlockBegin(dots.count), all, dots.count);
		if (listed) {
			const uint32_t *end = listHeavy(dots.weights, outputs, taps, dots.count, count <= 2, heavy);
			dots.heavy = heavy;
			if ((microDotPixels(&dots, block, count, got) != end) && (microOutputs == microLightRows)) {
				printf("the list was not read to its end\n");
				exit(1);
			}
			continue;
		}
		dots.heavy = NULL;
		microDotPixels(&dots, block, count, got);
	}
	for (p = 0; p < count; p++)
		for (o = 0; o < outputs; o++)
			compare(got[p * outputs + o], channels[o].bias + sumOf(weights + o * taps, pixels[p], taps), scales[o],
				"a block", o, taps);
	/* A pixel by itself, whose values are less the zero point. */
	zeroPoint = (int32_t)draw(256) - 128;
	microDotRows(weights, outputs, pixels[0], taps, zeroPoint, channels, &dots.range, got);
	for (o = 0; o < outputs; o++) {
		int32_t sum = channels[o].bias + sumOf(weights + o * taps, pixels[0], taps);
		for (k = 0; k < taps; k++)
			sum -= zeroPoint * weights[o * taps + k];
		compare(got[o], sum, scales[o], "a pixel", o, taps);
	}
}

int main(void) {
	int i;
	for (i = 0; i < 100000; i++)
		check();
	printf("%d\n", i);
	return 0;
}
