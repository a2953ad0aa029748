/* ADD, SUB and MUL, int8, with broadcasting. */
#include "microSmall.h"
#include "microQuantize.h"

enum { optionActivation = 0 };
#define options microFields(microByte, 0, 0, 0, 0, 0, 0, 0)
enum { leftShift = 20 };

typedef struct {
	int32_t zero[2], sign;
	MicroFastScale scale[2], outScale; /* scale[i].shift is negative where the factor is exactly 1/2 */
	MicroRange range;
} Binary;

/* `count` outputs from a and b, whose neighbours are stepA and stepB apart. */
typedef void (*Line)(const Binary *binary, const int8_t *a, int32_t stepA, const int8_t *b, int32_t stepB,
	int8_t *output, int32_t count);

microInline int8_t output(const Binary *binary, int32_t x) {
	if (binary->outScale.shift < 0)
		return microSlowOutput(x, binary->outScale, &binary->range);
	return (int8_t)microClamp(
		microFastMultiply(x, binary->outScale, binary->range.offset), binary->range.low, binary->range.high);
}

/* An input on the common scale, twice the larger one, with 20 more bits. */
microInline int32_t common(const Binary *binary, int i, int32_t x) {
	x -= binary->zero[i];
	return binary->scale[i].shift < 0 ? x * (1 << (leftShift - 1))
									  : microFastMultiply(x * (1 << leftShift), binary->scale[i], 1);
}

static void sums(
	const Binary *binary, const int8_t *a, int32_t stepA, const int8_t *b, int32_t stepB, int8_t *to, int32_t count) {
	for (; count; count--, a += stepA, b += stepB)
		*to++ = output(binary, common(binary, 0, *a) + binary->sign * common(binary, 1, *b));
}

static void products(
	const Binary *binary, const int8_t *a, int32_t stepA, const int8_t *b, int32_t stepB, int8_t *to, int32_t count) {
	for (; count; count--, a += stepA, b += stepB)
		*to++ = output(binary, (*a - binary->zero[0]) * (*b - binary->zero[1]));
}

static microCold bool setup(const MicroNode *node, Binary *binary) {
	const MicroTensor *a = &node->input[0], *b = &node->input[1], *output = &node->output;
	const MicroFloat one = microUnpack(1.0f), half = microUnpack(0.5f), steps = microUnpack(2.0f / (1 << leftShift)),
					 scales[2] = { microUnpack(a->scale), microUnpack(b->scale) };
	/* Half of the inputs' common scale; positive floats compare like their bits. */
	const MicroFloat larger = scales[microFloatBits(a->scale) < microFloatBits(b->scale)],
					 outScaleOwn = microUnpack(output->scale);
	MicroScale scale;
	bool fine;
	int i;

	binary->zero[0] = a->zeroPoint;
	binary->zero[1] = b->zeroPoint;
	binary->sign = node->code == builtinSUB ? -1 : 1;
	if (!microActivationRange((uint8_t)node->option[optionActivation], output, &binary->range))
		return false;
	if (node->code == builtinMUL) {
		if (!microScaleOf(a->scale, b->scale, output->scale, &scale))
			return false;
		binary->outScale = microFastScale(scale, false);
		return true;
	}
	for (i = 0; i < 2; i++) {
		if (node->code == builtinADD)
			fine = microScaleOfParts(scales[i], half, larger, &scale);
		else
			/* SUB computes these factors in float32, where doubling is exact. */
			fine = microScaleOfParts(microQuotient(scales[i], larger), half, one, &scale);
		/* At most 1/2 by construction, which is multiplier 2^30, shift 0. */
		if (!fine || (scale.shift > 0) || ((scale.shift == 0) && (scale.multiplier != 1 << 30)))
			return false;
		binary->scale[i] = microFastScale(scale, false);
	}
	if (node->code == builtinADD)
		fine = microScaleOfParts(larger, steps, outScaleOwn, &scale);
	else
		fine = microScaleOfParts(microQuotient(larger, outScaleOwn), steps, one, &scale);
	binary->outScale = microFastScale(scale, false);
	return fine && (scale.shift <= 0);
}

/* Size of dimension d, counted from the last, 1 where the tensor has none. */
static int32_t dimension(const MicroTensor *tensor, int32_t d) {
	return d < tensor->rank ? tensor->dims[tensor->rank - 1 - d] : 1;
}

static bool sameShape(const MicroTensor *a, const MicroTensor *b) {
	int32_t d;
	for (d = 0; d < inferenceMaxRank; d++)
		if (dimension(a, d) != dimension(b, d))
			return false;
	return true;
}

static microCold InferenceStatus check(MicroNode *node, MicroNeed *need) {
	const MicroTensor *output = &node->output;
	Binary binary;
	int32_t i, d;

	microCheck(microCheckInt8(node, &node->input[0]));
	microCheck(microCheckInt8(node, &node->input[1]));
	microCheck(microCheckInt8(node, output));
	for (d = 0; d < inferenceMaxRank; d++) {
		int32_t a = dimension(&node->input[0], d), b = dimension(&node->input[1], d);
		if (((a != b) && (a != 1) && (b != 1)) || (dimension(output, d) != (a > b ? a : b)))
			return microRefuse(node, output, "has dimension %d from the last of %d; the inputs have %d and %d", d,
				dimension(output, d), a, b);
	}
	if (!setup(node, &binary))
		return microRefuse(node, output, "scales too far apart, or a fused activation that is not understood");
	for (i = 0; i < 2; i++)
		if (sameShape(&node->input[i], output))
			need->overlap[i].forward = 0;
	return inferenceOk;
}

static void combine(MicroNode *node, Line line) {
	const int8_t *a = (const int8_t *)node->input[0].data, *b = (const int8_t *)node->input[1].data;
	int8_t *to = (int8_t *)(uintptr_t)node->output.data;
	int32_t index[inferenceMaxRank] = { 0 }, stepA[inferenceMaxRank], stepB[inferenceMaxRank], sizeA = 1, sizeB = 1, d,
			inner;
	uint32_t left;
	Binary binary;

	setup(node, &binary);
	/* Steps of an input along each dimension, the last one first; 0 where it is repeated. */
	for (d = 0; d < inferenceMaxRank; d++) {
		stepA[d] = dimension(&node->input[0], d) == 1 ? 0 : sizeA;
		stepB[d] = dimension(&node->input[1], d) == 1 ? 0 : sizeB;
		sizeA *= dimension(&node->input[0], d);
		sizeB *= dimension(&node->input[1], d);
	}
	inner = dimension(&node->output, 0);
	if (sameShape(&node->input[0], &node->input[1])) {
		inner = (int32_t)node->output.elements;
		stepA[0] = stepB[0] = 1;
	}
	for (left = node->output.elements; left; left -= (uint32_t)inner) {
		line(&binary, a, stepA[0], b, stepB[0], to, inner);
		to += inner;
		for (d = 1; d < inferenceMaxRank; d++) {
			a += stepA[d];
			b += stepB[d];
			if (++index[d] < dimension(&node->output, d))
				break;
			a -= stepA[d] * index[d];
			b -= stepB[d] * index[d];
			index[d] = 0;
		}
	}
}

static void runSum(MicroNode *node) {
	combine(node, sums);
}

static void runProduct(MicroNode *node) {
	combine(node, products);
}

const MicroKernel microKernelADD = { microIdentity(ADD), 4, 2, 2, options, check, runSum };
const MicroKernel microKernelSUB = { microIdentity(SUB), 5, 2, 2, options, check, runSum };
const MicroKernel microKernelMUL = { microIdentity(MUL), 7, 2, 2, options, check, runProduct };
