/* ADD, SUB and MUL, int8, with broadcasting. */
#include "microQuantize.h"

#include "microCopy.h"

enum { optionActivation = 0 };
enum { leftShift = 20 };

typedef struct {
	int32_t zero[2], outZero, low, high;
	MicroFastScale scale[2], outScale;
} Binary;

typedef int32_t (*Combine)(const Binary *binary, int32_t a, int32_t b);

/* Both inputs go to a common scale, twice the larger one, with 20 more bits. */
static int32_t sum(const Binary *binary, int32_t a, int32_t b) {
	a = microRequantize((a - binary->zero[0]) * (1 << leftShift), binary->scale[0], 0);
	b = microRequantize((b - binary->zero[1]) * (1 << leftShift), binary->scale[1], 0);
	return microRequantize(a + b, binary->outScale, binary->outZero);
}

static int32_t difference(const Binary *binary, int32_t a, int32_t b) {
	a = microRequantize((a - binary->zero[0]) * (1 << leftShift), binary->scale[0], 0);
	b = microRequantize((b - binary->zero[1]) * (1 << leftShift), binary->scale[1], 0);
	return microRequantize(a - b, binary->outScale, binary->outZero);
}

static int32_t product(const Binary *binary, int32_t a, int32_t b) {
	return microRequantize((a - binary->zero[0]) * (b - binary->zero[1]), binary->outScale, binary->outZero);
}

static bool setup(const MicroNode *node, Binary *binary) {
	const MicroTensor *a = &node->input[0], *b = &node->input[1], *output = &node->output;
	double factor[2], outFactor;
	MicroScale scale;
	MicroReader reader = node->reader;
	int i;

	binary->zero[0] = a->zeroPoint;
	binary->zero[1] = b->zeroPoint;
	binary->outZero = output->zeroPoint;
	if (!microActivationRange(microFieldU8(&reader, node->options, optionActivation, 0), output, &binary->low, &binary->high))
		return false;
	if (node->code == 18) {
		if (!microQuantizeScale(microProductScale(a->scale, b->scale, output->scale), &scale))
			return false;
		binary->outScale = microFastScale(scale, false);
		return true;
	}
	if (node->code == 0) {
		double twice = 2 * (double)(a->scale > b->scale ? a->scale : b->scale);
		factor[0] = (double)a->scale / twice;
		factor[1] = (double)b->scale / twice;
		outFactor = twice / ((1 << leftShift) * (double)output->scale);
	}
	else {
		/* SUB takes the same steps in float32. */
		volatile float twice = 2 * (a->scale > b->scale ? a->scale : b->scale), value;
		value = a->scale / twice;
		factor[0] = (double)value;
		value = b->scale / twice;
		factor[1] = (double)value;
		value = (float)(1 << leftShift) * output->scale;
		value = twice / value;
		outFactor = (double)value;
	}
	for (i = 0; i < 2; i++) {
		/* Below 1 by construction, unless twice the larger scale is not a float. */
		if (!(factor[i] < 1.0) || !microQuantizeScale(factor[i], &scale))
			return false;
		binary->scale[i] = microFastScale(scale, false);
	}
	if (!(outFactor < 1.0) || !(outFactor > 0.0) || !microQuantizeScale(outFactor, &scale))
		return false;
	binary->outScale = microFastScale(scale, false);
	return true;
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

static InferenceStatus check(MicroNode *node, MicroNeed *need) {
	const MicroTensor *output = &node->output;
	Binary binary;
	int32_t i, d;

	microCheck(microCheckInt8(node, &node->input[0]));
	microCheck(microCheckInt8(node, &node->input[1]));
	microCheck(microCheckInt8(node, output));
	for (d = 0; d < inferenceMaxRank; d++) {
		int32_t a = dimension(&node->input[0], d), b = dimension(&node->input[1], d);
		if (((a != b) && (a != 1) && (b != 1)) || (dimension(output, d) != (a > b ? a : b)))
			return microRefuse(node, output, "has dimension %d from the last of %d; the inputs have %d and %d", d, dimension(output, d), a, b);
	}
	if (!node->options)
		return microRefuse(node, NULL, "has no options");
	if (!setup(node, &binary))
		return microRefuse(node, output, "scales too far apart, or a fused activation that is not understood");
	for (i = 0; i < 2; i++)
		if (sameShape(&node->input[i], output))
			need->overlap[i].forward = 0;
	return inferenceOk;
}

static void combine(MicroNode *node, Combine value) {
	const int8_t *a = (const int8_t *)node->input[0].data, *b = (const int8_t *)node->input[1].data;
	int8_t *output = (int8_t *)(uintptr_t)node->output.data;
	int32_t index[inferenceMaxRank] = { 0 }, stepA[inferenceMaxRank], stepB[inferenceMaxRank], sizeA = 1, sizeB = 1, d, i, inner;
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
		const int8_t *atA = a, *atB = b;
		for (i = 0; i < inner; i++, atA += stepA[0], atB += stepB[0])
			*output++ = (int8_t)microClamp(value(&binary, *atA, *atB), binary.low, binary.high);
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

static void runAdd(MicroNode *node) {
	combine(node, sum);
}

static void runSub(MicroNode *node) {
	combine(node, difference);
}

static void runMul(MicroNode *node) {
	combine(node, product);
}

const MicroKernel microKernelADD = { "ADD", 0, 4, 11, 2, 2, check, runAdd };
const MicroKernel microKernelSUB = { "SUB", 41, 5, 28, 2, 2, check, runSub };
const MicroKernel microKernelMUL = { "MUL", 18, 7, 21, 2, 2, check, runMul };
