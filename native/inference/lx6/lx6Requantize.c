#include "../micro/microSmall.h"
#include "lx6Requantize.h"

#if defined(INFERENCE_MAC16)

	/* In a cold file: for each weight. */
	#define hot __attribute__((optimize("O2")))

/* Sums of the positive weights, and of all. */
static hot int32_t positiveSum(const int8_t *weights, uint32_t step, uint32_t taps, int32_t *sum) {
	int32_t all = 0, sizes = 0;
	for (; taps > 0; taps--, weights += step) {
		const int32_t weight = *weights;
		all += weight;
		sizes += weight < 0 ? -weight : weight;
	}
	*sum = all;
	return (sizes + all) / 2;
}

/* Whether the output is the same for the least and the greatest sum. */
static bool isConstant(Lx6Channel *channel, const int8_t *weights, uint32_t step, uint32_t taps, int32_t zeroPoint,
	const MicroRange *range) {
	const int32_t low = -128 - zeroPoint, high = 127 - zeroPoint, bias = channel->exact.bias;
	int32_t sum, positive;
	int64_t least, greatest;
	int8_t output;
	/* A factor of 1 and more may wrap. */
	if ((channel->exact.scale.shift > -64) && (channel->exact.scale.shift < 0))
		return false;
	positive = positiveSum(weights, step, taps, &sum);
	greatest = (int64_t)positive * high + (int64_t)(sum - positive) * low;
	least = (int64_t)positive * low + (int64_t)(sum - positive) * high;
	/* Nor may a sum. */
	if ((least + bias < INT32_MIN) || (greatest + bias > INT32_MAX))
		return false;
	output = microOutput((uint32_t)least, &channel->exact, range);
	if (output != microOutput((uint32_t)greatest, &channel->exact, range))
		return false;
	channel->exact.bias = output;
	return true;
}

int32_t lx6Added(const Lx6Channel *channel, const MicroRange *range) {
	const int32_t shift = channel->exact.scale.shift - 1;
	int32_t whole, rest, added, factor;

	/* Factors for which the bounds below hold and no word overflows. */
	if ((shift < (lx6IsSigned(range) ? 4 : 0)) || (shift > 18))
		return lx6Exact;
	factor = lx6Factor(channel);
	/* Zero point + 1/2, and the bound of the error below: */
	added = range->offset * (1 << (lx6FractionBits - 1));
	/* of the factor's last bit, at most 2^-9 over the outputs that are not clamped, once its mean is taken out; */
	added += 1 << 14;
	rest = (int32_t)(channel->exact.scale.doubled - ((uint32_t)factor << 16)) / 2;
	added -= range->zeroPoint * rest / factor * (1 << 8);
	/* of the first rounding, half of its unit, which is no bound but the error itself where only positive sums matter; */
	added += 1 << (lx6FractionBits - 2 - shift);
	/* of the sum's bits that are shifted out, at most 2^-7; and of these lines. */
	added += (1 << 16) + (1 << 12);
	whole = added / factor;
	rest = added - whole * factor;
	/* 256 times the sum that makes `added`. */
	added = whole * 256 + rest * 256 / factor;
	whole = shift - 6;
	if (whole < 0)
		added >>= -whole;
	else if ((added >= (1 << 29) >> whole) || (added < -((1 << 29) >> whole)))
		return lx6Exact;
	else
		added *= 1 << whole;
	return added;
}

void lx6Channel(const MicroLayer *layer, Lx6Channel *channel, uint32_t c, const int8_t *weights, uint32_t step,
	uint32_t taps, const MicroRange *range) {
	microFoldChannel(layer, &channel->exact, c, true);
	channel->start = lx6IsSmall(channel->exact.bias) ? lx6Added(channel, range) : lx6Exact;
	if (channel->start != lx6Exact)
		channel->start += channel->exact.bias * 256;
	if ((channel->start == lx6Exact) && isConstant(channel, weights, step, taps, layer->zeroPoint, range))
		channel->start = lx6Constant;
}

int8_t lx6ExactOutput(int8_t high, int32_t low, int32_t start, const Lx6Channel *channel, const MicroRange *range) {
	return microOutput((uint32_t)((lx6Accumulator(high, low) - start) >> 8), &channel->exact, range);
}

#endif
