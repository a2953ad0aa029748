/* RESIZE_BILINEAR, int8: positions with 10 fraction bits. */
#include "microSmall.h"
#include "microResize.h"

enum { optionAlign = 2, optionHalf = 3 };
#define options microFields(microSkip, microSkip, microByte, microByte, 0, 0, 0, 0)

enum { one = 1 << 10 };

static InferenceStatus check(MicroNode *node, MicroNeed *need) {
	(void)need;
	microCheck(microCheckInt8(node, &node->input[0]));
	microCheck(microCheckInt8(node, &node->output));
	if ((uint8_t)node->option[optionAlign] && (uint8_t)node->option[optionHalf])
		return microRefuse(node, NULL, "corners aligned, and pixels' centers");
	return microCheckResize(node, 1 << 18);
}

typedef struct {
	int32_t lower, upper, fraction;
} Place;

/* Between which two of `size` the output's position `at` of `outSize` is, and how far from the lower one. */
static Place place(const MicroNode *node, int32_t at, int32_t size, int32_t outSize) {
	const bool align = (uint8_t)node->option[optionAlign] && (outSize > 1);
	const int32_t in = size - align, out = outSize - align;
	const int32_t scale = (one * in + out / 2) / out;
	int32_t scaled = at * scale;
	Place result;

	if ((uint8_t)node->option[optionHalf])
		scaled += scale / 2 - one / 2;
	result.lower = scaled > 0 ? scaled / one : 0;
	/* The scale's rounding may lead past the last one. */
	if (result.lower > size - 1)
		result.lower = size - 1;
	result.upper = (scaled + one - 1) / one;
	if (result.upper > size - 1)
		result.upper = size - 1;
	result.fraction = scaled - one * result.lower;
	return result;
}

static void run(MicroNode *node) {
	const MicroTensor *input = &node->input[0], *output = &node->output;
	int8_t *to = (int8_t *)(uintptr_t)output->data;
	const int32_t channels = input->dims[3], width = input->dims[2];
	int32_t batch, y, x, c;

	for (batch = 0; batch < output->dims[0]; batch++)
		for (y = 0; y < output->dims[1]; y++) {
			const Place row = place(node, y, input->dims[1], output->dims[1]);
			const int8_t *image = (const int8_t *)input->data + batch * input->dims[1] * width * channels;
			const int8_t *upper = image + row.lower * width * channels, *lower = image + row.upper * width * channels;
			for (x = 0; x < output->dims[2]; x++) {
				const Place column = place(node, x, width, output->dims[2]);
				const int32_t left = column.lower * channels, right = column.upper * channels;
				for (c = 0; c < channels; c++) {
					const int64_t above = (int64_t)upper[left + c] * (one - column.fraction) +
						(int64_t)upper[right + c] * column.fraction;
					const int64_t below = (int64_t)lower[left + c] * (one - column.fraction) +
						(int64_t)lower[right + c] * column.fraction;
					const int64_t sum = above * (one - row.fraction) + below * row.fraction;
					*to++ = (int8_t)((sum + (sum > 0 ? one * one / 2 : -one * one / 2)) / (one * one));
				}
			}
		}
}

const MicroKernel microKernelRESIZE_BILINEAR = { microIdentity(RESIZE_BILINEAR), 3, 2, 2, options, check, run };
