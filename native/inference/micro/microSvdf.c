/*
 * SVDF, int8: filters of rank-1 parts, first over the input's features, then over the last results in time, which are its state: a variable
 * tensor of int8 or int16 that lasts from one invoke to the next.
 */
#include "microSmall.h"
#include "microFour.h"
#include "microQuantize.h"

#include <string.h>

enum { optionRank };
#define options microFields(microInt, 0, 0, 0, 0, 0, 0, 0)
enum { featureWeights = 1, timeWeights = 2, biasInput = 3, stateInput = 4, inputCount = 5, together = 4 };

typedef struct {
	MicroTensor state;
	MicroScale ofFeatures, ofTime;
	MicroRange range;
	int32_t batches, width, filters, units, memory, rank;
} Svdf;

static bool factor(float a, float b, float c, MicroScale *scale) {
	/* The ratio in float32, as TensorFlow Lite Micro computes it. */
	const MicroFloat one = microUnpack(1.0f);
	return microScaleOfParts(
		microQuotient(microProduct(microUnpack(a), microUnpack(b)), microUnpack(c)), one, one, scale);
}

static InferenceStatus setup(MicroNode *node, Svdf *svdf) {
	const MicroTensor *input = &node->input[0], *features = &node->input[featureWeights],
					  *time = &node->input[timeWeights], *bias = &node->input[biasInput], *output = &node->output;
	MicroTensor *state = &svdf->state;

	microCheck(microCheckInt8(node, input));
	microCheck(microCheckInt8(node, output));
	microCheck(microCheckConstant(node, features, inferenceInt8));
	microCheck(microCheckInt8(node, features));
	microCheck(microCheckRank(node, input, 2, 2));
	microCheck(microCheckRank(node, features, 2, 2));
	svdf->batches = input->dims[0];
	svdf->width = input->dims[1];
	svdf->filters = features->dims[0];
	microCheck(microExpect(node, features, "columns:", features->dims[1], svdf->width, svdf->width));
	svdf->rank = node->option[optionRank];
	microCheck(microExpect(node, NULL, "rank", svdf->rank, 1, svdf->filters));
	svdf->units = svdf->filters / svdf->rank;
	microCheck(microExpect(node, features, "rows beyond whole ranks:", svdf->filters % svdf->rank, 0, 0));
	microCheck(microCheckElements(node, output, (uint32_t)svdf->batches * (uint32_t)svdf->units));
	if (bias->present)
		microCheck(microCheckIndices(node, bias, svdf->units));

	microCheck(microNodeInput(node, stateInput, state));
	if (!state->present || !state->variable || state->constant ||
		((state->type != inferenceInt8) && (state->type != inferenceInt16)) || (state->scaleCount != 1))
		return microRefuse(
			node, state->present ? state : NULL, "needs a variable state of int8 or int16 with one scale");
	if (!time->present || !time->constant || (time->type != state->type) || (time->scaleCount != 1) ||
		(time->rank != 2) || (time->dims[0] != svdf->filters))
		return microRefuse(
			node, time, "must be a constant of the state's type with one scale, and %u rows", (uint32_t)svdf->filters);
	svdf->memory = time->dims[1];
	microCheck(microCheckElements(node, state, (uint32_t)svdf->batches * time->elements));
	if (!factor(input->scale, features->scale, state->scale, &svdf->ofFeatures) ||
		!factor(state->scale, time->scale, output->scale, &svdf->ofTime))
		return microRefuse(node, state, "has a scale too far from the other ones");
	microActivationRange(microActivationNone, output, &svdf->range);
	return inferenceOk;
}

static InferenceStatus check(MicroNode *node, MicroNeed *need) {
	Svdf svdf;
	uint32_t i;

	(void)need;
	for (i = 0; i < stateInput; i++)
		if (node->input[i].present && node->input[i].variable)
			return microRefuse(node, &node->input[i], "must not be variable");
	return setup(node, &svdf);
}

/* Element i, whose bytes are at any alignment where it is a weight. */
static int32_t element(const uint8_t *data, bool isWide, uint32_t i) {
	return isWide ? (int16_t)(data[2 * i] | data[2 * i + 1] << 8) : (int8_t)data[i];
}

/* The newest result of each filter of a batch, at the end of its line. */
static void remember(const MicroNode *node, const Svdf *svdf, int32_t batch) {
	const bool isWide = svdf->state.type == inferenceInt16;
	const int8_t *input = (const int8_t *)node->input[0].data + batch * svdf->width, *rows[together];
	uint8_t *state = (uint8_t *)(uintptr_t)svdf->state.data;
	int32_t f, k;

	for (f = 0; f < svdf->filters; f += together) {
		uint32_t sums[together] = { 0 };
		for (k = 0; k < together; k++)
			rows[k] = (const int8_t *)node->input[featureWeights].data +
				(f + k < svdf->filters ? f + k : svdf->filters - 1) * svdf->width;
		microFour(input, svdf->width, node->input[0].zeroPoint, rows, 0, sums);
		for (k = 0; (k < together) && (f + k < svdf->filters); k++) {
			const uint32_t at = (uint32_t)((batch * svdf->filters + f + k + 1) * svdf->memory - 1);
			const int32_t limit = isWide ? INT16_MAX : INT8_MAX;
			const int32_t value =
				microClamp(microRescale((int32_t)sums[k], svdf->ofFeatures), -limit - 1, limit) + svdf->state.zeroPoint;
			if (isWide)
				((int16_t *)(uintptr_t)state)[at] = (int16_t)value;
			else
				state[at] = (uint8_t)value;
		}
	}
}

static void run(MicroNode *node) {
	Svdf svdf;
	const uint8_t *time = node->input[timeWeights].data;
	int8_t *output = (int8_t *)(uintptr_t)node->output.data;
	uint8_t *state;
	uint32_t at = 0, step;
	int32_t batch, unit;
	bool isWide;

	setup(node, &svdf);
	state = (uint8_t *)(uintptr_t)svdf.state.data;
	isWide = svdf.state.type == inferenceInt16;
	if (!node->scratch) {
		memset(state, isWide ? 0 : svdf.state.zeroPoint, svdf.state.bytes);
		return;
	}
	/* All lines at once: what a line's last place gets from the next one is written below. */
	step = microTypeBytes(svdf.state.type);
	memmove(state, state + step, svdf.state.bytes - step);
	for (batch = 0; batch < svdf.batches; batch++) {
		const uint32_t lines = (uint32_t)(svdf.rank * svdf.memory);
		uint32_t weight = 0;
		remember(node, &svdf, batch);
		for (unit = 0; unit < svdf.units; unit++) {
			uint32_t sum = node->input[biasInput].present ? microWord(node->input[biasInput].data + 4 * unit) : 0, i;
			for (i = 0; i < lines; i++, at++, weight++)
				sum += (uint32_t)element(time, isWide, weight) *
					(uint32_t)(element(state, isWide, at) - svdf.state.zeroPoint);
			*output++ = microScaled((int32_t)sum, svdf.ofTime, &svdf.range);
		}
	}
}

const MicroKernel microKernelSVDF = { microIdentity(SVDF), 4, inputCount, inputCount, options, check, run };
