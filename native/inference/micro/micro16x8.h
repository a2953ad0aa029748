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

#endif
