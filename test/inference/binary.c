/* ADD, SUB and MUL of all pairs of bytes, against TensorFlow Lite Micro's definition, for random scales and zero points. */
#include "../../native/inference/micro/micro.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

extern const MicroKernel microKernelADD, microKernelSUB, microKernelMUL;

static uint32_t state = 1;
static uint32_t below(uint32_t limit) {
	state = state * 1664525u + 1013904223u;
	return (state >> 8) % limit;
}

static float randomScale(void) {
	return (float)pow(2, (double)below(120000) / 10000 - 10);
}

typedef struct {
	int32_t multiplier, shift;
} Factor;

/* QuantizeMultiplier */
static Factor quantize(double value) {
	Factor factor = { 0, 0 };
	int exponent;
	int64_t mantissa = (int64_t)round(frexp(value, &exponent) * 2147483648.0);
	if (mantissa == (int64_t)1 << 31) {
		mantissa /= 2;
		exponent++;
	}
	if (exponent >= -31) {
		factor.multiplier = (int32_t)mantissa;
		factor.shift = exponent;
	}
	return factor;
}

/* MultiplyByQuantizedMultiplier */
static int32_t multiply(int32_t x, Factor factor) {
	const int32_t left = factor.shift > 0 ? factor.shift : 0, right = left - factor.shift;
	const int64_t product = (int64_t)((uint64_t)(uint32_t)x << 32 >> 32 << left), wide = (int64_t)(int32_t)product;
	const int32_t high = (int32_t)((wide * factor.multiplier + (1 << 30)) >> 31);
	const double rounded = (double)high / (double)((int64_t)1 << right);
	return (int32_t)(rounded < 0 ? -floor(0.5 - rounded) : floor(0.5 + rounded));
}

static int8_t expected(const MicroNode *node, const Factor *factor, int32_t x, int32_t y) {
	int32_t value;
	x -= node->input[0].zeroPoint;
	y -= node->input[1].zeroPoint;
	if (node->kernel == &microKernelMUL)
		value = multiply(x * y, factor[2]);
	else {
		const int32_t sum = multiply(x * (1 << 20), factor[0]);
		y = multiply(y * (1 << 20), factor[1]);
		value = multiply(node->kernel == &microKernelADD ? sum + y : sum - y, factor[2]);
	}
	value += node->output.zeroPoint;
	return (int8_t)(value < -128 ? -128 : value > 127 ? 127 : value);
}

static void setFactors(const MicroNode *node, Factor *factor) {
	const float a = node->input[0].scale, b = node->input[1].scale, to = node->output.scale,
				twice = 2 * (a > b ? a : b);
	if (node->kernel == &microKernelMUL)
		factor[2] = quantize((double)a * b / to);
	else if (node->kernel == &microKernelADD) {
		factor[0] = quantize(a / (double)twice);
		factor[1] = quantize(b / (double)twice);
		factor[2] = quantize(twice / ((double)(1 << 20) * to));
	} else {
		/* SUB has these in float32. */
		factor[0] = quantize(a / twice);
		factor[1] = quantize(b / twice);
		factor[2] = quantize(twice / ((float)(1 << 20) * to));
	}
}

enum { pairs = 65536, rounds = 600 };
static int8_t inputs[2][pairs], output[pairs];

static void setTensor(MicroTensor *tensor, int8_t *data) {
	memset(tensor, 0, sizeof(*tensor));
	tensor->data = (const uint8_t *)data;
	tensor->rank = 1;
	tensor->dims[0] = pairs;
	tensor->type = inferenceInt8;
	tensor->present = true;
	tensor->elements = tensor->bytes = pairs;
	tensor->scaleCount = 1;
	tensor->scale = randomScale();
	tensor->zeroPoint = (int32_t)below(256) - 128;
}

int main(void) {
	const MicroKernel *kernels[] = { &microKernelADD, &microKernelSUB, &microKernelMUL };
	int32_t done = 0, i, k;
	for (i = 0; i < pairs; i++) {
		inputs[0][i] = (int8_t)(i >> 8);
		inputs[1][i] = (int8_t)i;
	}
	while (done < rounds)
		for (k = 0; k < 3; k++) {
			MicroNode node;
			MicroNeed need;
			Factor factor[3];
			memset(&node, 0, sizeof(node));
			memset(&need, 0, sizeof(need));
			node.kernel = kernels[k];
			node.code = kernels[k]->code;
			setTensor(&node.input[0], inputs[0]);
			setTensor(&node.input[1], inputs[1]);
			setTensor(&node.output, output);
			/* Most networks' scales are of one magnitude. */
			if (below(2)) {
				node.input[1].scale = node.input[0].scale * (float)(1 + below(1000) / 500.0);
				node.output.scale = k == 2 ? node.input[0].scale * node.input[1].scale * (float)(1 + below(200))
										   : node.input[1].scale * 1.5f;
			}
			node.inputCount = 2;
			if (node.kernel->check(&node, &need) != inferenceOk)
				continue;
			setFactors(&node, factor);
			node.kernel->run(&node);
			for (i = 0; i < pairs; i++)
				if (output[i] != expected(&node, factor, inputs[0][i], inputs[1][i])) {
					printf("%s of %d and %d is %d, %d expected\n", inferenceOperatorName(node.code), inputs[0][i],
						inputs[1][i], output[i], expected(&node, factor, inputs[0][i], inputs[1][i]));
					return 1;
				}
			done++;
		}
	printf("%d\n", done);
	return 0;
}
