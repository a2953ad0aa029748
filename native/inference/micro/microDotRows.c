#include "microSmall.h"
#include "microDot.h"

/* Taps whose values stay in registers for all rows: the loop is over rows, and there are no copies of it for rests. */
#define together 8

void microDotRows(const int8_t *weights, int32_t rowCount, const int8_t *input, int32_t count, int32_t zeroPoint,
	const MicroChannel *channels, const MicroRange *range, int8_t *output) {
	/* Taps that the first ones lack are 0, and have weights: there are as many bytes before any weights, in a file as in the arena. */
	const int32_t lack = -count & (together - 1);
	const int32_t offset = range->offset, low = range->low, high = range->high;
	int8_t begin[together];
	int32_t at;

	memset(begin, zeroPoint, together);
	for (at = lack; at & (together - 1); at++)
		begin[at] = input[at - lack];
	for (; rowCount > 0; rowCount -= microRows, weights += microRows * count) {
		uint32_t sums[microRows], *sum = sums, *end = sums + (rowCount < microRows ? rowCount : microRows);
		const MicroChannel *channel = channels;

		do {
			*sum++ = (uint32_t)channel++->bias;
		} while (sum != end);
		at = -lack;
		do {
			const int8_t *x = at < 0 ? begin : input + at, *weight = weights + at;
			const int32_t a = x[0] - zeroPoint, b = x[1] - zeroPoint, c = x[2] - zeroPoint, d = x[3] - zeroPoint,
						  e = x[4] - zeroPoint, f = x[5] - zeroPoint, g = x[6] - zeroPoint, h = x[7] - zeroPoint;
			sum = sums;
			do {
				*sum += (uint32_t)(weight[0] * a + weight[1] * b + weight[2] * c + weight[3] * d + weight[4] * e +
					weight[5] * f + weight[6] * g + weight[7] * h);
				sum++;
				weight += count;
			} while (sum != end);
			at += together;
		} while (at < count);
		sum = sums;
		do {
			const int32_t x = (int32_t)*sum++, shift = channels->scale.shift;
			int32_t value;
			if (shift < 0)
				value = microExactOutput(x, channels->scale, range);
			else
				value = microClamp(microFastMultiply(x, channels->scale, offset), low, high);
			channels++;
			*output++ = (int8_t)value;
		} while (sum != end);
	}
}
