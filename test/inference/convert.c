/*
 * QUANTIZE of float32 against its definition in float, for random scales and values; half of the values lie at or beside the middle between two steps,
 * where the quotient's own rounding decides. Prints how many agreed; the first that does not is printed and ends the program with 1.
 */
#include "../../native/inference/micro/micro.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern const MicroKernel microKernelQUANTIZE;

enum { many = 50 };

static uint64_t state = 88172645463325252u;

static uint32_t draw(uint32_t below) {
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)(state >> 16) % below;
}

static float ofBits(uint32_t bits) {
	float value;
	memcpy(&value, &bits, sizeof(value));
	return value;
}

static float drawValue(float scale) {
	uint32_t bits, steps = draw(2) ? 300 : 40000;
	float middle;
	if (draw(2))
		return ofBits((draw(2) << 31) | (draw(256) << 23) | draw(1 << 23));
	middle = ((float)draw(steps) + 0.5f) * scale;
	memcpy(&bits, &middle, sizeof(bits));
	return (draw(2) ? -1.0f : 1.0f) * ofBits(bits + draw(5) - 2);
}

static int32_t clamp(float steps, int32_t zeroPoint, int32_t low, int32_t high) {
	const double sum = isnan(steps) ? zeroPoint : (double)roundf(steps) + zeroPoint;
	return sum < low ? low : sum > high ? high : (int32_t)sum;
}

static void check(void) {
	const uint32_t wild = draw(8) == 0, fraction = draw(4) ? draw(1 << 23) : draw(128) << 16;
	const float scale = ofBits(((wild ? 1 + draw(254) : 90 + draw(50)) << 23) | fraction);
	float values[many];
	int16_t numbers[many];
	MicroNode node;
	int i;

	for (i = 0; i < many; i++)
		values[i] = drawValue(scale);
	memset(&node, 0, sizeof(node));
	node.kernel = &microKernelQUANTIZE;
	node.input[0].type = inferenceFloat32;
	node.input[0].data = (const uint8_t *)values;
	node.output.type = draw(2) ? inferenceInt8 : inferenceInt16;
	node.output.data = (const uint8_t *)numbers;
	node.output.elements = many;
	node.output.scale = scale;
	node.output.zeroPoint = node.output.type == inferenceInt8 ? (int32_t)draw(256) - 128 : 0;
	node.kernel->run(&node);
	for (i = 0; i < many; i++) {
		const int isInt8 = node.output.type == inferenceInt8;
		const int32_t got = isInt8 ? ((const int8_t *)numbers)[i] : numbers[i];
		volatile float steps = values[i] / scale;
		const int32_t wanted =
			clamp(steps, node.output.zeroPoint, isInt8 ? INT8_MIN : INT16_MIN, isInt8 ? INT8_MAX : INT16_MAX);
		if (got != wanted) {
			printf("%.9g in steps of %.9g from %d is %d, %d expected\n", values[i], scale, node.output.zeroPoint, got,
				wanted);
			exit(1);
		}
	}
}

int main(void) {
	int i;
	for (i = 0; i < 1000000 / many; i++)
		check();
	printf("%d\n", i * many);
	return 0;
}
