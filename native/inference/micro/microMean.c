/* MEAN and SUM, int8 or int16, REDUCE_MAX and REDUCE_MIN, int8, over any set of dimensions. */
#include "microSmall.h"
#include "microQuantize.h"

enum { optionKeepDims = 0 };

typedef struct {
	uint32_t count; /* of dimensions */
	int32_t size[inferenceMaxRank], step[inferenceMaxRank];
} Axes;

/* Splits the input's dimensions into those that remain and those that are averaged, without those of size 1. */
static microCold InferenceStatus setup(MicroNode *node, Axes *kept, Axes *reduced) {
	const MicroTensor *input = &node->input[0], *axes = &node->input[1];
	uint32_t mask = 0, i;
	int32_t step = 1, d;

	for (i = 0; i < axes->elements; i++) {
		int32_t axis = microI32(axes, i);
		if (axis < 0)
			axis += input->rank;
		if ((axis < 0) || (axis >= input->rank))
			return microRefuse(node, axes, "names dimension %d of %u", microI32(axes, i), (uint32_t)input->rank);
		mask |= 1u << axis;
	}
	kept->count = reduced->count = 0;
	for (d = input->rank - 1; d >= 0; d--) {
		Axes *to = mask & (1u << d) ? reduced : kept;
		if (input->dims[d] == 1)
			continue;
		to->size[to->count] = input->dims[d];
		to->step[to->count++] = step;
		step *= input->dims[d];
	}
	return inferenceOk;
}

static uint32_t elements(const Axes *axes) {
	uint32_t product = 1, i;
	for (i = 0; i < axes->count; i++)
		product *= (uint32_t)axes->size[i];
	return product;
}

/* Position of element `index`, the first dimension of `axes` running fastest. */
static int32_t position(const Axes *axes, uint32_t index) {
	int32_t at = 0;
	uint32_t i;
	for (i = 0; i < axes->count; i++) {
		at += (int32_t)(index % (uint32_t)axes->size[i]) * axes->step[i];
		index /= (uint32_t)axes->size[i];
	}
	return at;
}

static bool isExtremum(const MicroNode *node) {
	return (node->code == builtinREDUCE_MAX) || (node->code == builtinREDUCE_MIN);
}

static bool scaleOf(const MicroNode *node, MicroScale *scale) {
	return microScaleOf(node->input[0].scale, 1.0f, node->output.scale, scale);
}

static microCold InferenceStatus check(MicroNode *node, MicroNeed *need) {
	Axes kept, reduced;
	MicroScale scale;
	const bool isWide = microIsInt16(&node->input[0]) && !isExtremum(node);

	(void)need;
	microCheck((isWide ? microCheckInt16 : microCheckInt8)(node, &node->input[0]));
	microCheck(microCheckNumbers(node, &node->output));
	microCheck(microCheckConstant(node, &node->input[1], inferenceInt32));
	microCheck(setup(node, &kept, &reduced));
	microCheck(microCheckElements(node, &node->output, elements(&kept)));
	/* Sums of so many values, minus zero point, fit 32 bits. */
	microCheck(microExpect(
		node, &node->input[0], "elements to reduce:", (int32_t)elements(&reduced), 1, isWide ? INT16_MAX : 1 << 23));
	if (isExtremum(node))
		return (microFloatBits(node->input[0].scale) == microFloatBits(node->output.scale)) &&
				(node->input[0].zeroPoint == node->output.zeroPoint)
			? inferenceOk
			: microRefuse(node, &node->output, "must have the input's scale and zero point");
	if (!scaleOf(node, &scale))
		return microRefuse(node, &node->input[0], "has a scale 2^30 times the output's");
	return inferenceOk;
}

static void run(MicroNode *node) {
	const int32_t bytes = microIsInt16(&node->input[0]) ? 2 : 1;
	const int8_t *input = (const int8_t *)node->input[0].data;
	int8_t *output = (int8_t *)(uintptr_t)node->output.data;
	Axes kept, reduced;
	MicroScale scale;
	uint32_t count, o, i, x, rest;
	int32_t shift = 0;

	setup(node, &kept, &reduced);
	count = elements(&reduced);
	scaleOf(node, &scale);
	/* The mean's 1 / count goes into the multiplier, by a division that truncates. */
	if (node->code == builtinMEAN) {
		while ((count >> shift) > 1)
			shift++;
		if (shift > 31 + scale.shift)
			shift = 31 + scale.shift;
		scale.multiplier = (int32_t)microDivide((uint64_t)scale.multiplier << shift, count, &rest);
		scale.shift -= shift;
	}
	for (o = 0; o < node->output.elements; o++) {
		const int8_t *from = input + bytes * position(&kept, o);
		int32_t sum = 0, largest = -128, smallest = 127;
		const uint32_t inner = reduced.count ? (uint32_t)reduced.size[0] : 1;
		const int32_t step = reduced.count ? bytes * reduced.step[0] : 0;
		for (i = 0; i < count; i += inner) {
			const int8_t *at = from + bytes * position(&reduced, i);
			if (microIsInt16(&node->input[0])) {
				for (x = 0; x < inner; x++, at += step)
					sum += microInt16At(at);
				continue;
			}
			if (!isExtremum(node)) {
				for (x = 0; x < inner; x++, at += step)
					sum += *at;
				continue;
			}
			for (x = 0; x < inner; x++, at += step) {
				largest = *at > largest ? *at : largest;
				smallest = *at < smallest ? *at : smallest;
			}
		}
		if (isExtremum(node)) {
			output[o] = (int8_t)(node->code == builtinREDUCE_MAX ? largest : smallest);
			continue;
		}
		sum -= node->input[0].zeroPoint * (int32_t)count;
		sum = (int32_t)((uint32_t)microRescale(sum, scale) + (uint32_t)node->output.zeroPoint);
		sum = microClamp(sum, microLowest(&node->output), microHighest(&node->output));
		if (microIsInt16(&node->output))
			microPutInt16(output + 2 * o, sum);
		else
			output[o] = (int8_t)sum;
	}
}

const MicroKernel microKernelMEAN = { microIdentity(MEAN), 3, 2, 2, 0, check, run };
const MicroKernel microKernelSUM = { microIdentity(SUM), 2, 2, 2, 0, check, run };
const MicroKernel microKernelREDUCE_MAX = { microIdentity(REDUCE_MAX), 3, 2, 2, 0, check, run };
const MicroKernel microKernelREDUCE_MIN = { microIdentity(REDUCE_MIN), 3, 2, 2, 0, check, run };
