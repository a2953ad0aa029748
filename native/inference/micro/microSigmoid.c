/* LOGISTIC and TANH, int8 in Q4 fixed point, int16 by a table. */
#include "microSmall.h"
#include "microFixed.h"
#include "microMap.h"
#include "microSixteen.h"

enum { inputBits = 4 };

typedef struct {
	MicroScale scale;
	int32_t zero, radius;
	bool tanh;
} Sigmoid;

static void setup(const MicroNode *node, Sigmoid *sigmoid) {
	sigmoid->tanh = node->code == builtinTANH;
	sigmoid->zero = node->input[0].zeroPoint;
	/* One step of 8 or more is out of range; with a right shift even 255 steps are tiny, and none is. */
	if (!microScaleOf(node->input[0].scale, (float)(1 << (31 - inputBits)), 1.0f, &sigmoid->scale))
		sigmoid->radius = 0;
	else
		sigmoid->radius = sigmoid->scale.shift < 0 ? 256 : microInputRadius(inputBits, sigmoid->scale.shift);
}

/*
 * Of int16: x * multiplier / 2^shift is in units of 1 / (24 * 2^9). The multiplier is from 2^14 to 2^15, or with a shift of 31 what is left of it.
 * False for a scale above those, and for one of which nothing is left: the reference then takes another one.
 */
static bool setup16(const MicroNode *node, MicroScale *scale) {
	const MicroFloat step = microUnpack(node->input[0].scale);
	/* 2^-12, and for TANH 2^-11, are taken as such also where the exponent is off by less than 1/1000. */
	enum { nearlyOne = 8394422, nearlyTwo = 16765595 };
	const bool below = step.mantissa > nearlyTwo;
	const int32_t power = step.exponent + below - 127 + 12;
	const uint32_t three = 3 * step.mantissa;
	int32_t drop = three > 32767u << 10 ? 11 : 10;

	if (((step.mantissa < nearlyOne) || below) && ((power == 0) || ((power == 1) && (node->code == builtinTANH)))) {
		scale->multiplier = 3 << power;
		scale->shift = 0;
		return true;
	}
	scale->shift = 138 - step.exponent - drop;
	if (scale->shift > 31) {
		drop += scale->shift - 31;
		scale->shift = 31;
	}
	scale->multiplier = drop < 32 ? (int32_t)(three >> drop) : 0;
	return (scale->shift >= 0) && scale->multiplier;
}

static InferenceStatus check16(MicroNode *node) {
	MicroScale scale;
	if (!setup16(node, &scale))
		return microRefuse(node, &node->input[0], "must have a scale from 3.8e-14 to 2.6");
	if (microFloatBits(node->output.scale) != microFloatBits(1.0f / 32768))
		return microRefuse(node, &node->output, "must have scale 1/32768");
	return inferenceOk;
}

static InferenceStatus check(MicroNode *node, MicroNeed *need) {
	Sigmoid sigmoid;
	microCheck(microCheckMap(node, need));
	if (microIsInt16(&node->input[0]))
		return check16(node);
	setup(node, &sigmoid);
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
	x = microRescale(x, sigmoid->scale);
	magnitude = x < 0 ? -x : x;
	if (sigmoid->tanh) {
		result = magnitude ? hyperbolicTangent(magnitude) : 0;
		return microClamp(microFixedShift(x < 0 ? -result : result, 31 - 7), -128, 127);
	}
	result = magnitude ? logistic(magnitude) : 1 << 30;
	return microClamp(microFixedShift(x < 0 ? INT32_MAX - result : result, 31 - 8) - 128, -128, 127);
}

/* The input in units of 1 / (24 * 2^9). */
static int32_t fine(const MicroScale *scale, int32_t x) {
	const int32_t product = x * scale->multiplier;
	return scale->shift ? (product + (1 << (scale->shift - 1))) >> scale->shift : product;
}

static int32_t logisticOf16(const void *context, int32_t x) {
	return microLogistic24(fine((const MicroScale *)context, x));
}

static int32_t tanhOf16(const void *context, int32_t x) {
	return microTanh24(fine((const MicroScale *)context, x));
}

static void run(MicroNode *node) {
	Sigmoid sigmoid;
	if (microIsInt16(&node->input[0])) {
		setup16(node, &sigmoid.scale);
		microMap(node, node->code == builtinTANH ? tanhOf16 : logisticOf16, &sigmoid.scale);
		return;
	}
	setup(node, &sigmoid);
	microMap(node, value, &sigmoid);
}

const MicroKernel microKernelLOGISTIC = { microIdentity(LOGISTIC), 3, 1, 1, 0, check, run };
const MicroKernel microKernelTANH = { microIdentity(TANH), 3, 1, 1, 0, check, run };
