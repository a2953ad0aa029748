/* RESIZE_NEAREST_NEIGHBOR: every output pixel is one of the input's. */
#include "microSmall.h"
#include "microFloat.h"
#include "microResize.h"

#include <string.h>

enum { optionAlign = 0, optionHalf = 1 };
#define options microFields(microByte, microByte, 0, 0, 0, 0, 0, 0)

static InferenceStatus check(MicroNode *node, MicroNeed *need) {
	(void)need;
	microCheck(microCheckSameType(node, &node->input[0], &node->output));
	return microCheckResize(node, INT32_MAX);
}

static uint32_t wholePart(MicroFloat x) {
	const int32_t shift = 150 - x.exponent;
	return shift <= 0 ? x.mantissa << -shift : shift < 24 ? x.mantissa >> shift : 0;
}

/* Which of `size` the output's position `at` of `outSize` is, in float32, as TensorFlow Lite Micro computes it. */
static int32_t nearest(const MicroNode *node, int32_t at, int32_t size, int32_t outSize) {
	const bool align = (uint8_t)node->option[optionAlign] != 0, corners = align && (outSize > 1);
	/* Twice the position, and a half more: from 2^24 on, float32 has none. */
	const bool half = (uint8_t)node->option[optionHalf] && (at < 1 << 24);
	MicroFloat place = microProduct(microWhole(2 * (uint32_t)at + half),
		microQuotient(microWhole((uint32_t)(size - corners)), microWhole((uint32_t)(outSize - corners))));
	uint32_t result;

	place.exponent--;
	result = align ? (uint32_t)microRound(place) : wholePart(place);
	return result < (uint32_t)size ? (int32_t)result : size - 1;
}

static void run(MicroNode *node) {
	const MicroTensor *input = &node->input[0], *output = &node->output;
	const uint32_t pixel = (uint32_t)input->dims[3] * microTypeBytes(input->type);
	uint8_t *to = (uint8_t *)(uintptr_t)output->data;
	int32_t batch, y, x;

	for (batch = 0; batch < output->dims[0]; batch++)
		for (y = 0; y < output->dims[1]; y++) {
			const int32_t row = batch * input->dims[1] + nearest(node, y, input->dims[1], output->dims[1]);
			for (x = 0; x < output->dims[2]; x++, to += pixel) {
				const int32_t column = nearest(node, x, input->dims[2], output->dims[2]);
				memcpy(to, input->data + (uint32_t)(row * input->dims[2] + column) * pixel, pixel);
			}
		}
}

const MicroKernel microKernelRESIZE_NEAREST_NEIGHBOR = { microIdentity(RESIZE_NEAREST_NEIGHBOR), 4, 2, 2, options,
	check, run };
