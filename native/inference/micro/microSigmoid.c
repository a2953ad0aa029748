/* LOGISTIC and TANH, int8, in Q4 fixed point. */
#include "microSmall.h"
#include "microFixed.h"
#include "microMap.h"

enum { inputBits = 4 };

typedef struct {
	MicroScale scale;
	int32_t zero, radius;
	bool tanh;
} Sigmoid;

static bool setup(const MicroNode *node, Sigmoid *sigmoid) {
	sigmoid->tanh = node->code == builtinTANH;
	sigmoid->zero = node->input[0].zeroPoint;
	if (!microScaleOf(node->input[0].scale, (float)(1 << (31 - inputBits)), 1.0f, &sigmoid->scale))
		return false;
	/* With a right shift even 255 steps are tiny: no input is out of range. */
	sigmoid->radius = sigmoid->scale.shift < 0 ? 256 : microInputRadius(inputBits, sigmoid->scale.shift);
	return true;
}

static InferenceStatus check(MicroNode *node, MicroNeed *need) {
	Sigmoid sigmoid;
	microCheck(microCheckMap(node, need));
	if (!setup(node, &sigmoid))
		return microRefuse(node, &node->input[0], "has a scale above 8");
	if (!sigmoid.tanh &&
		((microFloatBits(node->output.scale) != microFloatBits(1.0f / 256)) || (node->output.zeroPoint != -128)))
		return microRefuse(node, &node->output, "must have scale 1/256 and zero point -128");
	if (sigmoid.tanh &&
		((microFloatBits(node->output.scale) != microFloatBits(1.0f / 128)) || (node->output.zeroPoint != 0)))
		return microRefuse(node, &node->output, "must have scale 1/128 and zero point 0");
	return inferenceOk;
}

/* 1 / (1 + e^-x) in Q0 for x > 0 in Q4. */
static int32_t logistic(int32_t x) {
	return microSaturatingShift(microHalfReciprocal(microExp(-x, inputBits)), 1);
}

/* (1 - e^-2x) / (1 + e^-2x) in Q0 for x > 0 in Q4: 2x is the same bits in Q5. */
static int32_t hyperbolicTangent(int32_t x) {
	return microSaturatingShift(microHalfReciprocal(microExp(-x, inputBits + 1)) - (1 << 29), 2);
}

static int32_t value(const void *context, int32_t x) {
	const Sigmoid *sigmoid = (const Sigmoid *)context;
	int32_t magnitude, result;

	x -= sigmoid->zero;
	if (x <= -sigmoid->radius)
		return -128;
	if (x >= sigmoid->radius)
		return 127;
	x = microMultiply(x, sigmoid->scale);
	magnitude = x < 0 ? -x : x;
	if (sigmoid->tanh) {
		result = magnitude ? hyperbolicTangent(magnitude) : 0;
		return microClamp(microFixedShift(x < 0 ? -result : result, 31 - 7), -128, 127);
	}
	result = magnitude ? logistic(magnitude) : 1 << 30;
	return microClamp(microFixedShift(x < 0 ? INT32_MAX - result : result, 31 - 8) - 128, -128, 127);
}

static void run(MicroNode *node) {
	Sigmoid sigmoid;
	setup(node, &sigmoid);
	microMap(node, value, &sigmoid);
}

const MicroKernel microKernelLOGISTIC = { microIdentity(LOGISTIC), 3, 1, 1, 0, check, run };
const MicroKernel microKernelTANH = { microIdentity(TANH), 3, 1, 1, 0, check, run };
