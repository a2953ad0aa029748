/*
 * QUANTIZE (float32, int8, uint8, int16 or int32 to int8; int8 to uint8; float32, int8, int16 or int32 to int16; int8 or int16 to int32) and DEQUANTIZE
 * (int8, uint8 or int16 to float32).
 */
#include "microSmall.h"
#include "microQuantize.h"

#include <string.h>

static bool isNumber(const MicroTensor *tensor) {
	return ((tensor->type == inferenceInt8) || (tensor->type == inferenceUint8) || microIsInt16(tensor)) &&
		(tensor->scaleCount == 1);
}

/* Of int32 with a scale, which the decoder does not look at: it may be a bias's. */
static bool isWhole(const MicroNode *node, const MicroTensor *tensor) {
	return (tensor->type == inferenceInt32) && (microCount(node->inference->bytes, tensor->scales) == 1) &&
		(microFloatBits(tensor->scale) - 0x00800000u < 0x7F000000u);
}

static int32_t element(const MicroTensor *tensor, uint32_t i) {
	if (tensor->type == inferenceInt32)
		return microI32(tensor, i);
	if (microIsInt16(tensor))
		return microInt16At(tensor->data + 2 * i);
	return tensor->type == inferenceInt8 ? (int8_t)tensor->data[i] : tensor->data[i];
}

static void put(const MicroTensor *tensor, uint32_t i, int32_t value) {
	uint8_t *data = (uint8_t *)(uintptr_t)tensor->data;
	if (tensor->type == inferenceInt32) {
		memcpy(data + 4 * i, &value, 4);
	} else if (microIsInt16(tensor)) {
		microPutInt16(data + 2 * i, microClamp(value, INT16_MIN, INT16_MAX));
	} else {
		const int32_t low = tensor->type == inferenceUint8 ? 0 : INT8_MIN;
		data[i] = (uint8_t)microClamp(value, low, low + UINT8_MAX);
	}
}

#define types "must be %sint8, uint8%s with one scale"

static bool rescale(const MicroNode *node, MicroScale *scale) {
	return microScaleOf(node->input[0].scale, 1.0f, node->output.scale, scale);
}

static InferenceStatus sameSize(MicroNode *node) {
	if (!node->input[0].present)
		return microRefuse(node, NULL, "a required input is left out");
	return microCheckElements(node, &node->output, node->input[0].elements);
}

enum {
	fromInt8 = 1u << inferenceInt8 | 1u << inferenceFloat32,
	fromInteger = 1u << inferenceInt8 | 1u << inferenceInt16,
	fromAny = fromInt8 | fromInteger | 1u << inferenceInt32 | 1u << inferenceUint8
};

static InferenceStatus checkQuantize(MicroNode *node, MicroNeed *need) {
	const MicroTensor *input = &node->input[0], *output = &node->output;
	const char *more = microInt16 ? ", int16 or int32" : " or int32";
	/* By type: what becomes this output. */
	const uint32_t from = output->type == inferenceInt8 ? fromAny
		: microIsInt16(output)                          ? fromAny & ~(1u << inferenceUint8)
		: output->type == inferenceInt32                ? fromInteger
														: fromInt8;
	MicroScale scale;

	microCheck(sameSize(node));
	if (!isNumber(output) && !isWhole(node, output))
		return microRefuse(node, output, types, "", more);
	if ((input->type != inferenceFloat32) && !isNumber(input) && !isWhole(node, input))
		return microRefuse(node, input, types, "float32, ", more);
	if (!(from >> input->type & 1))
		return microRefuse(node, output, "cannot be made of the type of tensor %d", input->index);
	if (!microFloatBits(output->scale))
		return microRefuse(node, output, "has a scale of 0");
	if ((input->type != inferenceFloat32) && !rescale(node, &scale))
		return microRefuse(node, input, "has a scale 2^30 times the output's");
	/* From the first to the last, where an output element is not wider than its input. */
	if (output->bytes <= input->bytes)
		need->overlap[0].forward = 0;
	return inferenceOk;
}

/* A scale, and 2^55 / its mantissa; `shift` less x's exponent is that of a quotient from it, or is negative where that cannot be. */
typedef struct {
	MicroFloat scale;
	uint32_t inverse;
	int32_t shift;
} Divisor;

static void setDivisor(Divisor *divisor, float scale) {
	uint32_t rest;
	divisor->scale = microUnpack(scale);
	divisor->inverse = 0;
	divisor->shift = -1;
	/* Neither subnormal numbers nor those that are not finite come into its range. */
	if ((divisor->scale.exponent > 1) && (divisor->scale.exponent < 230)) {
		divisor->inverse = (uint32_t)microDivide((1ull << 55) - 1, divisor->scale.mantissa, &rest);
		divisor->shift = 30 + divisor->scale.exponent;
	}
}

/* round(x / scale) + zero point, out of the type's range where x is; NaN becomes the zero point. */
static int32_t quantize(uint32_t bits, const Divisor *divisor, int32_t zeroPoint) {
	/* The quotient, by 2^shift, is at most 3 more than `near`, and as a float32 64 off at most: enough unless it is that close to a half. */
	const int32_t shift = divisor->shift - (int32_t)(bits >> 23 & 0xFF);
	const uint32_t near =
		(uint32_t)((uint64_t)((bits | 0x800000) << 8 >> 1) * divisor->inverse >> 32) + (1u << ((shift - 1) & 31));
	int32_t steps = (int32_t)((near - 128) >> (shift & 31));

	if (shift > 31)
		steps = 0;
	else if ((shift < 10) || ((int32_t)((near + 128) >> shift) != steps)) {
		const MicroFloat x = microUnpackBits(bits);
		if ((x.exponent > 254) && (x.mantissa != 0x800000))
			return zeroPoint;
		steps = microRound(microQuotient(x, divisor->scale));
		steps = (x.exponent > 254) || (steps > 65536) ? 65536 : steps;
	}
	return (bits >> 31 ? -steps : steps) + zeroPoint;
}

static void runQuantize(MicroNode *node) {
	const MicroTensor *input = &node->input[0], *output = &node->output;
	uint32_t i;
	Divisor divisor;
	MicroScale scale;

	if (input->type == inferenceFloat32) {
		setDivisor(&divisor, output->scale);
		for (i = 0; i < output->elements; i++)
			put(output, i, quantize((uint32_t)microI32(input, i), &divisor, output->zeroPoint));
		return;
	}
	rescale(node, &scale);
	for (i = 0; i < output->elements; i++) {
		const uint32_t zero = (uint32_t)input->zeroPoint;
		const int32_t x = microMultiply((int32_t)((uint32_t)element(input, i) - zero), scale);
		put(output, i, (int32_t)((uint32_t)x + (uint32_t)output->zeroPoint));
	}
}

static InferenceStatus checkDequantize(MicroNode *node, MicroNeed *need) {
	microCheck(sameSize(node));
	if (!isNumber(&node->input[0]))
		return microRefuse(node, &node->input[0], types, "", microInt16 ? " or int16" : "");
	if (node->output.type != inferenceFloat32)
		return microRefuse(node, &node->output, "must be float32");
	(void)need;
	return inferenceOk;
}

static void runDequantize(MicroNode *node) {
	const MicroTensor *input = &node->input[0];
	const MicroFloat scale = microUnpack(input->scale);
	uint8_t *to = (uint8_t *)(uintptr_t)node->output.data;
	uint32_t i;

	for (i = 0; i < node->output.elements; i++) {
		const int32_t x = element(input, i) - input->zeroPoint;
		const uint32_t bits = microPack(microProduct(microWhole((uint32_t)(x < 0 ? -x : x)), scale), x < 0);
		memcpy(to + 4 * i, &bits, sizeof(bits));
	}
}

const MicroKernel microKernelQUANTIZE = { microIdentity(QUANTIZE), 3, 1, 1, 0, checkQuantize, runQuantize };
const MicroKernel microKernelDEQUANTIZE = { microIdentity(DEQUANTIZE), 4, 1, 1, 0, checkDequantize, runDequantize };
