/*
 * Requantization with one multiplication of 32 bits. An output is floor(v), v = sum * factor + zero point + 1/2, but for the two roundings
 * that TensorFlow Lite Micro does on the way. v is computed with 23 bits of fraction from 16 bits of the sum and 16 of the factor. Its error is
 * bounded, so floor(v) is known unless v is just above an integer, once the bound was added to it: there the exact way decides, for about one output in sixty.
 *
 * Accumulators are 256 times the sum, as the kernels' weights are.
 */
#ifndef LOAM_LX6_REQUANTIZE_H
#define LOAM_LX6_REQUANTIZE_H

#include "../inferenceOptions.h"
#include "../micro/microChannels.h"

/* Bits of fraction of v. */
#define lx6FractionBits 23

typedef struct {
	MicroChannel exact;
	int32_t start; /* of an accumulator: 256 times the bias, and what makes v of a sum; see lx6Exact */
} Lx6Channel;

/* `start` of a channel whose every output is computed the exact way, from an accumulator that starts at 0. */
#define lx6Exact INT32_MIN
/* `start` of a channel whose weights, after training, are so small that its output is the same for all inputs: exact.bias. */
#define lx6Constant (INT32_MIN + 1)

/* Channel c of a layer for inputs less their zero point, whose weights are `taps` bytes from `weights` on, `step` apart. */
void lx6Channel(const MicroLayer *layer, Lx6Channel *channel, uint32_t c, const int8_t *weights, uint32_t step,
	uint32_t taps, const MicroRange *range);

/* What makes v of a sum, by the channel's scale: `start` but for 256 times the bias, which must be small. Or lx6Exact. */
int32_t lx6Added(const Lx6Channel *channel, const MicroRange *range);
static inline bool lx6IsSmall(int32_t bias) {
	return (uint32_t)bias + (1u << 21) < 1u << 22;
}

/* Whether negative sums matter: else all of them give the range's end, and the first of two roundings is known to go up. */
static inline bool lx6IsSigned(const MicroRange *range) {
	return range->low < range->zeroPoint;
}

/* What a channel's loop needs: v = clamp(accumulator >> shift, int16) * factor, to be computed exactly when it has none of the bits of `sure`. */
typedef struct {
	int32_t start, shift, factor, sure;
} Lx6Fast;

/* The upper half of the scale's mantissa. */
static inline int32_t lx6Factor(const Lx6Channel *channel) {
	const uint32_t factor = (channel->exact.scale.doubled + (1u << 15)) >> 16;
	/* 0 when the sum above was 2^32. */
	return factor ? (int32_t)factor : 0xFFFF;
}

static inline Lx6Fast lx6Fast(const Lx6Channel *channel, const MicroRange *range) {
	const int32_t shift = channel->exact.scale.shift - 1;
	Lx6Fast fast = { 0, 8, 0, 0 };
	if (channel->start != lx6Exact) {
		fast.start = channel->start;
		fast.shift = shift + 2;
		fast.factor = lx6Factor(channel);
		fast.sure = (1 << lx6FractionBits) - (1 << (!lx6IsSigned(range) || (shift >= 8) ? 17 : shift >= 5 ? 18 : 19));
	}
	return fast;
}

/* A constant channel's outputs. */
static inline void lx6Fill(const Lx6Channel *channel, int32_t count, int8_t *output, int32_t step) {
	const int8_t value = (int8_t)channel->exact.bias;
	for (; count > 0; count--, output += step)
		*output = value;
}

static inline int64_t lx6Accumulator(int8_t high, int32_t low) {
	return (int64_t)(((uint64_t)(uint32_t)high << 32) | (uint32_t)low);
}

/* The exact way: an output from an accumulator that began as `start`. */
int8_t lx6ExactOutput(int8_t high, int32_t low, int32_t start, const Lx6Channel *channel, const MicroRange *range);

#endif
