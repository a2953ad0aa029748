/* ADD, SUB and MUL, int8 or int16, with broadcasting; and int32. */
#include "microSmall.h"
#include "microBroadcast.h"
#include "microWeighted.h"
#include "microIntegers.h"

enum { optionActivation = 0 };
#define options microFields(microByte, 0, 0, 0, 0, 0, 0, 0)
/* More bits of an input on the common scale. */
enum { leftShift = 20, leftShift16 = 15 };

typedef struct {
	int32_t zero[2], sign;
	MicroScale factor[2], outFactor;
	MicroFastScale scale[2], outScale; /* the same; scale[i].shift is negative where the factor is exactly 1/2 */
	MicroRange range;
} Binary;

static int8_t output(const Binary *binary, int32_t x) {
	if (binary->outScale.shift < 0)
		return microExactOutput(x, binary->outScale, &binary->range);
	return (int8_t)microClamp(
		microFastMultiply(x, binary->outScale, binary->range.offset), binary->range.low, binary->range.high);
}

/* An input on the common scale, twice the larger one, with 20 more bits. */
static int32_t common(const Binary *binary, int i, int32_t x) {
	x -= binary->zero[i];
	return binary->scale[i].shift < 0 ? x * (1 << (leftShift - 1))
									  : microFastMultiply(x * (1 << leftShift), binary->scale[i], 1);
}

static int8_t sum(const void *context, int32_t x, int32_t y) {
	const Binary *binary = (const Binary *)context;
	return output(binary, common(binary, 0, x) + binary->sign * common(binary, 1, y));
}

static int8_t product(const void *context, int32_t x, int32_t y) {
	const Binary *binary = (const Binary *)context;
	return output(binary, (x - binary->zero[0]) * (y - binary->zero[1]));
}

static void sums(
	const void *context, const int8_t *a, int32_t stepA, const int8_t *b, int32_t stepB, int8_t *to, int32_t count) {
	microWeightedSums((const MicroWeighted *)context, a, stepA, b, stepB, to, count);
}

static void products(
	const void *context, const int8_t *a, int32_t stepA, const int8_t *b, int32_t stepB, int8_t *to, int32_t count) {
	microWeightedProducts((const MicroWeighted *)context, a, stepA, b, stepB, to, count);
}

static void sums16(
	const void *context, const int8_t *a, int32_t stepA, const int8_t *b, int32_t stepB, int8_t *to, int32_t count) {
	const Binary *binary = (const Binary *)context;
	for (; count; count--, a += stepA, b += stepB) {
		const int32_t x = microRescale(microInt16At(a) * (1 << leftShift16), binary->factor[0]),
					  y = microRescale(microInt16At(b) * (1 << leftShift16), binary->factor[1]);
		to = microPutScaled(to, true, x + binary->sign * y, binary->outFactor, &binary->range);
	}
}

static void products16(
	const void *context, const int8_t *a, int32_t stepA, const int8_t *b, int32_t stepB, int8_t *to, int32_t count) {
	const Binary *binary = (const Binary *)context;
	for (; count; count--, a += stepA, b += stepB)
		to = microPutScaled(to, true, microInt16At(a) * microInt16At(b), binary->outFactor, &binary->range);
}

static microCold bool setup(const MicroNode *node, Binary *binary) {
	const MicroTensor *a = &node->input[0], *b = &node->input[1], *output = &node->output;
	const MicroFloat one = microUnpack(1.0f), half = microUnpack(0.5f),
					 steps = microUnpack(microIsInt16(output) ? 2.0f / (1 << leftShift16) : 2.0f / (1 << leftShift)),
					 scales[2] = { microUnpack(a->scale), microUnpack(b->scale) };
	/* Half of the inputs' common scale; positive floats compare like their bits. */
	const MicroFloat larger = scales[microFloatBits(a->scale) < microFloatBits(b->scale)],
					 outScaleOwn = microUnpack(output->scale);
	bool fine;
	int i;

	binary->zero[0] = a->zeroPoint;
	binary->zero[1] = b->zeroPoint;
	binary->sign = node->code == builtinSUB ? -1 : 1;
	if (!microActivationRange((uint8_t)node->option[optionActivation], output, &binary->range))
		return false;
	if (node->code == builtinMUL) {
		if (!microScaleOf(a->scale, b->scale, output->scale, &binary->outFactor))
			return false;
		binary->outScale = microFastScale(binary->outFactor, false);
		return true;
	}
	for (i = 0; i < 2; i++) {
		MicroScale *scale = &binary->factor[i];
		if (node->code == builtinADD)
			fine = microScaleOfParts(scales[i], half, larger, scale);
		else
			/* SUB computes these factors in float32, where doubling is exact. */
			fine = microScaleOfParts(microQuotient(scales[i], larger), half, one, scale);
		/* A factor that rounds to 0, a shift that says no 1/2. */
		if (!scale->multiplier)
			scale->shift = -1;
		/* At most 1/2 by construction, which is multiplier 2^30, shift 0. */
		if (!fine || (scale->shift > 0) || ((scale->shift == 0) && (scale->multiplier != 1 << 30)))
			return false;
		binary->scale[i] = microFastScale(*scale, false);
	}
	if (node->code == builtinADD)
		fine = microScaleOfParts(larger, steps, outScaleOwn, &binary->outFactor);
	else
		fine = microScaleOfParts(microQuotient(larger, outScaleOwn), steps, one, &binary->outFactor);
	binary->outScale = microFastScale(binary->outFactor, false);
	return fine && (binary->outFactor.shift <= 0);
}

static microCold InferenceStatus check(MicroNode *node, MicroNeed *need) {
	Binary binary;
	if (node->output.type == inferenceInt32)
		return microCheckIntegers(node, node->option[optionActivation]);
	microCheck(microCheckBroadcast(node, need));
	microCheck(microCheckNumbers(node, &node->output));
	if (!setup(node, &binary))
		return microRefuse(node, &node->output, "scales too far apart, or a fused activation that is not understood");
	return inferenceOk;
}

/* a * b / 2^shift, to nearest. */
static int64_t scaled(int32_t a, int32_t b, int32_t shift) {
	return shift > 62 ? 0 : ((int64_t)a * b + ((int64_t)1 << (shift - 1))) >> shift;
}

/* 2^bits, at least 1. */
static int32_t unit(int32_t bits) {
	return bits > 0 ? 1 << bits : 1;
}

/* With v as far above as its error may be below; `error` is at most 2^bits. */
static microCold void setSure(MicroWeighted *weighted, int32_t bits, int32_t error) {
	int32_t unsure = 1;
	while (unsure < 2 * error)
		unsure *= 2;
	weighted->start += error;
	weighted->sure = unsure < 1 << bits ? (1 << bits) - unsure : 0;
}

/* Of sums, with the bounds of v's error that follow from the roundings: of each input by 1 at most, of the output's first one by 1/2, of the factors by 1/2. */
static microCold void setSums(const Binary *binary, MicroWeighted *weighted) {
	const int32_t shift = binary->outFactor.shift, one = 1 << microSumBits;
	int64_t factor[2], sum = 0;
	int i;
	for (i = 0; i < 2; i++)
		sum += factor[i] = scaled(binary->factor[i].multiplier, binary->outFactor.multiplier,
			62 - leftShift - microSumBits - binary->factor[i].shift - shift);
	/* Beyond that, v does not fit 32 bits. */
	if (sum > 7 * one)
		return;
	weighted->factor[0] = (int32_t)factor[0];
	weighted->factor[1] = binary->sign * (int32_t)factor[1];
	weighted->start = binary->range.offset * (one / 2) - binary->zero[0] * weighted->factor[0] -
		binary->zero[1] * weighted->factor[1];
	setSure(weighted, microSumBits, 5 * unit(microSumBits - 1 + shift) + 256);
}

static microCold void setProducts(const Binary *binary, MicroWeighted *weighted) {
	const int32_t shift = binary->outFactor.shift;
	const int64_t factor =
		shift > 0 ? INT32_MAX : scaled(binary->outFactor.multiplier, 1, 31 - microProductBits - shift);
	if (factor > 24000)
		return;
	weighted->factor[0] = (int32_t)factor;
	weighted->start = binary->range.offset * (1 << (microProductBits - 1));
	/* A product is at most 255 * 255. */
	setSure(weighted, microProductBits, unit(microProductBits - 1 + shift) + 32768);
}

static void run(MicroNode *node) {
	const bool isProduct = node->code == builtinMUL;
	MicroWeighted weighted = { { 0, 0 }, { 0, 0 }, 0, 0, 0, 0, isProduct ? product : sum, NULL };
	Binary binary;
	if (node->output.type == inferenceInt32) {
		microRunIntegers(node);
		return;
	}
	setup(node, &binary);
	if (microIsInt16(&node->output)) {
		microBroadcast(node, isProduct ? products16 : sums16, &binary);
		return;
	}
	weighted.context = &binary;
	weighted.zero[0] = binary.zero[0];
	weighted.zero[1] = binary.zero[1];
	weighted.low = binary.range.low;
	weighted.high = binary.range.high;
	(isProduct ? setProducts : setSums)(&binary, &weighted);
	microBroadcast(node, isProduct ? products : sums, &weighted);
}

const MicroKernel microKernelADD = { microIdentity(ADD), 4, 2, 2, options, check, run };
const MicroKernel microKernelSUB = { microIdentity(SUB), 5, 2, 2, options, check, run };
const MicroKernel microKernelMUL = { microIdentity(MUL), 7, 2, 2, options, check, run };
