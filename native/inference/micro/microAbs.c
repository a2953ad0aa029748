/* ABS, int8 or int16. */
#include "microSmall.h"
#include "microMap.h"

typedef struct {
	MicroScale scale;
	MicroRange range;
	int32_t zero;
	bool rescales;
} Abs;

static bool setup(const MicroNode *node, Abs *abs) {
	const MicroTensor *input = &node->input[0], *output = &node->output;
	const MicroFloat one = microUnpack(1.0f);

	abs->zero = input->zeroPoint;
	abs->rescales = microFloatBits(input->scale) != microFloatBits(output->scale);
	/* The ratio in float32, as TensorFlow Lite Micro computes it. */
	return microActivationRange(microActivationNone, output, &abs->range) &&
		microScaleOfParts(microQuotient(microUnpack(input->scale), microUnpack(output->scale)), one, one, &abs->scale);
}

static InferenceStatus check(MicroNode *node, MicroNeed *need) {
	Abs abs;
	microCheck(microCheckMap(node, need));
	if (!setup(node, &abs))
		return microRefuse(node, &node->input[0], "has a scale 2^30 times the output's");
	return inferenceOk;
}

static int32_t value(const void *context, int32_t x) {
	const Abs *abs = (const Abs *)context;
	x -= abs->zero;
	x = x < 0 ? -x : x;
	if (abs->rescales)
		x = microRescale(x, abs->scale);
	return microClamp((int32_t)((uint32_t)x + (uint32_t)abs->range.zeroPoint), abs->range.low, abs->range.high);
}

static void run(MicroNode *node) {
	Abs abs;
	setup(node, &abs);
	microMap(node, value, &abs);
}

const MicroKernel microKernelABS = { microIdentity(ABS), 5, 1, 1, 0, check, run };
