/*
 * SOFTMAX of int16 as TensorFlow Lite Micro has it: e^x by 513 points between which it is linear, the reciprocal of a row's sum by as many, which are
 * computed when they are needed. Both as int16 in units of 2^-15, 1 being one unit less.
 */
#include "microSmall.h"
#include "microFixed.h"
#include "microSoftmax16.h"

/* e^(10 * (i / 512 - 1)), i from 0 to 512: rounded, and moved by half of the error in the middle between it and the next one. */
/* clang-format off */
#define bytePowers 264
static const uint8_t smallPowers[bytePowers] = {
	2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3,
	3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 5, 5, 5,
	5, 5, 5, 5, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 6, 7, 7, 7, 7, 7, 7, 7, 7, 8, 8, 8, 8, 8, 8, 9,
	9, 9, 9, 9, 9, 10, 10, 10, 10, 10, 11, 11, 11, 11, 11, 12, 12, 12, 12, 13, 13, 13, 13, 14, 14, 14, 14, 15, 15, 15,
	16, 16, 16, 17, 17, 17, 18, 18, 18, 19, 19, 19, 20, 20, 21, 21, 21, 22, 22, 23, 23, 24, 24, 25, 25, 26, 26, 27, 27, 28,
	28, 29, 29, 30, 30, 31, 32, 32, 33, 34, 34, 35, 36, 36, 37, 37, 38, 39, 40, 40, 42, 42, 43, 44, 45, 45, 46, 47, 48, 49,
	50, 51, 52, 53, 54, 55, 56, 57, 59, 60, 60, 62, 63, 65, 65, 67, 68, 69, 71, 73, 74, 75, 77, 78, 80, 81, 83, 85, 86, 88,
	90, 92, 93, 95, 97, 99, 101, 103, 105, 107, 109, 112, 114, 116, 118, 121, 123, 126, 128, 131, 133, 135, 139, 141, 144, 147, 149, 152, 155, 158,
	162, 165, 168, 171, 174, 178, 181, 185, 189, 192, 196, 200, 204, 208, 212, 217, 221, 225, 230, 234, 239, 243, 248, 253
};
static const int16_t largePowers[513 - bytePowers] = {
	258, 263, 268, 273, 279, 284, 290, 296, 302, 308, 314, 320, 327, 333, 340, 346, 353, 360, 366, 374,
	381, 389, 397, 404, 413, 421, 429, 437, 446, 455, 464, 473, 482, 492, 501, 511, 522, 532, 543, 553,
	564, 575, 586, 598, 610, 622, 634, 646, 659, 672, 685, 699, 713, 727, 741, 756, 771, 786, 801, 817,
	833, 850, 866, 884, 901, 919, 937, 955, 974, 993, 1013, 1033, 1053, 1074, 1095, 1117, 1139, 1161, 1184, 1207,
	1232, 1256, 1281, 1306, 1332, 1358, 1385, 1412, 1440, 1468, 1497, 1527, 1557, 1587, 1619, 1651, 1683, 1716, 1750, 1785,
	1820, 1856, 1892, 1930, 1968, 2006, 2046, 2087, 2128, 2170, 2212, 2256, 2300, 2346, 2392, 2439, 2488, 2537, 2587, 2638,
	2690, 2743, 2796, 2852, 2908, 2966, 3024, 3084, 3145, 3207, 3270, 3334, 3400, 3467, 3535, 3605, 3677, 3749, 3822, 3898,
	3975, 4053, 4133, 4214, 4297, 4383, 4469, 4557, 4647, 4739, 4833, 4927, 5024, 5124, 5225, 5328, 5433, 5541, 5649, 5761,
	5875, 5991, 6109, 6230, 6352, 6477, 6605, 6736, 6868, 7004, 7141, 7282, 7427, 7572, 7722, 7874, 8030, 8188, 8350, 8514,
	8683, 8854, 9028, 9206, 9387, 9572, 9762, 9954, 10151, 10351, 10555, 10763, 10976, 11191, 11412, 11637, 11867, 12102, 12341, 12583,
	12831, 13085, 13342, 13606, 13874, 14148, 14427, 14711, 15002, 15297, 15599, 15907, 16221, 16541, 16867, 17199, 17539, 17884, 18237, 18597,
	18964, 19338, 19719, 20108, 20505, 20909, 21322, 21742, 22171, 22608, 23054, 23509, 23973, 24445, 24928, 25419, 25921, 26432, 26953, 27485,
	28027, 28580, 29143, 29718, 30304, 30902, 31512, 32133, 32767
};
/* clang-format on */

static int32_t power(int32_t i) {
	return i < bytePowers ? smallPowers[i] : largePowers[i - bytePowers];
}

/* 1 / (1 + i / 512) in the same way: float32 in the reference rounds two points to another side. */
static int32_t reciprocal(int32_t i) {
	const int32_t sum = 512 + i, nearest = ((1 << 24) + sum / 2) / sum,
				  middle = ((1 << 25) + (2 * sum + 1) / 2) / (2 * sum + 1),
				  between = ((1 << 24) + (nearest + 1) * (sum + 1)) / (2 * (sum + 1));
	int32_t value = nearest;

	if (i == 294)
		value++;
	else if (i != 160)
		value += (between < middle) - (between > middle);
	return value > INT16_MAX ? INT16_MAX : value;
}

/* Between the points of a function, x an int16 after it was clamped. */
static int32_t lookUp(int32_t (*point)(int32_t), int32_t x) {
	int32_t first, i;
	x = microClamp(x, INT16_MIN, INT16_MAX);
	i = 256 + (x >> 7);
	first = point(i);
	return first + (((point(i + 1) - first) * (x & 127) + 64) >> 7);
}

/*
 * The factor that makes 65535 of a difference of 10: scale * beta / (10.0 / 65535.0) in float64, rounded to 31 bits. The divisor is 2^-64 of itself too small,
 * which changes no float64 but for making halves of its last bit larger.
 */
static bool factor(const MicroNode *node, uint32_t beta, MicroScale *scale) {
	const MicroFloat x = microUnpack(node->input[0].scale), y = microUnpackBits(beta);
	uint64_t product = (uint64_t)x.mantissa * y.mantissa * 13107;

	scale->multiplier = 0;
	scale->shift = 0;
	if ((beta < 0x00800000u) || (beta > 0x70000000u))
		return false;
	if (!product)
		return true;
	for (scale->shift = x.exponent + y.exponent - 238; !(product >> 62); scale->shift--)
		product *= 2;
	/* Half of the last bit of 31, and half of that of 53. */
	product = (product + (1ull << 31) + (1 << 9)) >> 32;
	if (product >> 31) {
		product >>= 1;
		scale->shift++;
	}
	if (scale->shift < -31)
		scale->shift = 0;
	else
		scale->multiplier = (int32_t)product;
	return scale->shift <= 14;
}

InferenceStatus microCheckSoftmax16(MicroNode *node, uint32_t beta, MicroNeed *need) {
	const MicroTensor *input = &node->input[0], *output = &node->output;
	MicroScale scale;

	microCheck(microCheckInt16(node, input));
	microCheck(microCheckInt16(node, output));
	if (microFloatBits(output->scale) != microFloatBits(1.0f / 32768))
		return microRefuse(node, output, "must have scale 1/32768");
	microCheck(microCheckElements(node, output, input->elements));
	microCheck(microCheckRank(node, input, 1, inferenceMaxRank));
	microCheck(microExpectOf(node, input, quantityRow, input->dims[input->rank - 1], 1, UINT16_MAX));
	if (!factor(node, beta, &scale))
		return microRefuse(node, input, "has a scale (times beta) above 2.5, or beta is not positive");
	need->overlap[0].forward = 0;
	return inferenceOk;
}

void microSoftmax16(MicroNode *node, uint32_t beta) {
	const uint8_t *input = node->input[0].data;
	uint8_t *output = (uint8_t *)(uintptr_t)node->output.data;
	const int32_t depth = node->input[0].dims[node->input[0].rank - 1];
	int32_t row = (int32_t)node->input[0].elements / depth, c;
	MicroScale scale;

	factor(node, beta, &scale);
	for (; row; row--, input += 2 * depth, output += 2 * depth) {
		int32_t most = INT16_MIN, sum = 0, zeros, inverse;

		for (c = 0; c < depth; c++)
			most = microInt16At(input + 2 * c) > most ? microInt16At(input + 2 * c) : most;
		for (c = 0; c < depth; c++) {
			const int32_t e = lookUp(power, microRescale(microInt16At(input + 2 * c) - most, scale) + INT16_MAX);
			microPutInt16(output + 2 * c, e);
			sum += e;
		}
		/* sum = 2^(16 - zeros) * (1 + fraction). */
		zeros = microLeadingZeros((uint32_t)sum);
		inverse =
			lookUp(reciprocal, (int32_t)((((uint32_t)sum << (zeros - 1)) + (1 << 13)) >> 14) - (1 << 16) - (1 << 15));
		for (c = 0; c < depth; c++) {
			const int32_t product = microInt16At(output + 2 * c) * inverse + (1 << (30 - zeros));
			microPutInt16(output + 2 * c, microClamp(product >> (31 - zeros), 0, INT16_MAX));
		}
	}
}
