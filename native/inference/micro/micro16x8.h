/*
 * CONV_2D, DEPTHWISE_CONV_2D and FULLY_CONNECTED with activations of int16, weights of int8 and sums of 64 bits. Plain loops over the image as it is:
 * they take no scratch. TensorFlow Lite Micro multiplies such sums by multipliers of 15 bits; sums with a bias of int32 have 32 bits, and are
 * rescaled as those of int8 are.
 */
#ifndef LOAM_MICRO_16X8_H
#define LOAM_MICRO_16X8_H

#include "microChannels.h"
#include "microGeometry.h"

/* TensorTypes of a bias. Without one, an option of the layer says which it would be. */
enum { microBiasOfInt32 = 2, microBiasOfInt64 = 4 };

/*
 * Checks weights, bias and scales: `channels` of them along dimension `axis` of the weights.
 * @param biasType the type of a bias that is left out
 */
InferenceStatus microCheck16x8(MicroNode *node, int32_t channels, int32_t axis, int32_t biasType);

/* Runs a layer that passed the check; FULLY_CONNECTED is one of windows of one pixel. Input and output do not overlap. */
void micro16x8(
	const MicroNode *node, const MicroGeometry *geometry, bool depthwise, const MicroRange *range, int32_t biasType);

/* Sums of four rows of weights: 32 bits of int8, `wide` 64 of int16. */
typedef struct {
	uint32_t narrow[4];
	uint64_t wide[4];
} MicroSums;

/* Sum k of them is bias c, of int32 or int64 at any alignment; 0 without biases. */
void microStartSum(MicroSums *sums, int32_t k, bool isWide, const uint8_t *bias, uint32_t c);
/* Adds the products of `count` numbers, less their zero point, with the rows' weights from element `at` of each on. */
void microAddFour(
	MicroSums *sums, bool isWide, const uint8_t *x, int32_t count, int32_t zero, const int8_t *const *rows, int32_t at);
/*
 * Sum k scaled. A wide one is by TensorFlow Lite Micro's MultiplyByQuantizedMultiplier of 64 bits, for which the scale's shift is at
 * most mostWideShift.
 */
int32_t microScaledSum(const MicroSums *sums, int32_t k, bool isWide, MicroScale scale);
enum { mostWideShift = 7 };

#endif
