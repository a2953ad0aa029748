/* QUANTIZE (float32, int8 or uint8 to int8; int8 to uint8; float32 or int8 to int16 and int16 to int8) and DEQUANTIZE (each of them to float32). */
#include "microSmall.h"
#include "microQuantize.h"

#include <string.h>

static bool isNumber(const MicroTensor *tensor) {
	return ((tensor->type == inferenceInt8) || (tensor->type == inferenceUint8) || microIsInt16(tensor)) &&
		(tensor->scaleCount == 1);
}

static int32_t element(const MicroTensor *tensor, uint32_t i) {
	if (microIsInt16(tensor))
		return microInt16At(tensor->data + 2 * i);
	return tensor->type == inferenceInt8 ? (int8_t)tensor->data[i] : tensor->data[i];
}

static void put(const MicroTensor *tensor, uint32_t i, int32_t value) {
	uint8_t *data = (uint8_t *)(uintptr_t)tensor->data;
	const int32_t low = tensor->type == inferenceUint8 ? 0 : microLowest(tensor);
	value = microClamp(value, low, tensor->type == inferenceUint8 ? UINT8_MAX : microHighest(tensor));
	if (microIsInt16(tensor))
		microPutInt16(data + 2 * i, value);
	else
		data[i] = (uint8_t)value;
}

#define types (microInt16 ? "must be %sint8, uint8 or int16 with one scale" : "must be %sint8 or uint8 with one scale")

static bool rescale(const MicroNode *node, MicroScale *scale) {
	return microScaleOf(node->input[0].scale, 1.0f, node->output.scale, scale);
}

static InferenceStatus sameSize(MicroNode *node) {
	if (!node->input[0].present)
		return microRefuse(node, NULL, "an input that must be present is left out");
	return microCheckElements(node, &node->output, node->input[0].elements);
}

static InferenceStatus checkQuantize(MicroNode *node, MicroNeed *need) {
	const MicroTensor *input = &node->input[0], *output = &node->output;
	MicroScale scale;

	microCheck(sameSize(node));
	if (!isNumber(output))
		return microRefuse(node, output, types, "");
	if (input->type != inferenceFloat32) {
		/* uint8 only comes from int8 and becomes int8. */
		if (!isNumber(input) ||
			(output->type == inferenceUint8 ? input->type != inferenceInt8
											: (input->type == inferenceUint8) && (output->type != inferenceInt8)))
			return microRefuse(node, input, types, "float32, ");
		if (!rescale(node, &scale))
			return microRefuse(node, input, "has a scale 2^30 times the output's");
	}
	/* From the first to the last, where an output element is not wider than its input. */
	if (!microInt16 || (output->bytes <= input->bytes))
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
		const int32_t x = microMultiply(element(input, i) - input->zeroPoint, scale);
		put(output, i, (int32_t)((uint32_t)x + (uint32_t)output->zeroPoint));
	}
}

static InferenceStatus checkDequantize(MicroNode *node, MicroNeed *need) {
	microCheck(sameSize(node));
	if (!isNumber(&node->input[0]))
		return microRefuse(node, &node->input[0], types, "");
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
