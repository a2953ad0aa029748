/*
 * The operators: all that the engine has, and those of this build. A build for one model leaves out what the model does not use
 * with a manifest that `loam inspect MODEL --operators FILE` writes, or with
 *   -DINFERENCE_OPERATORS="OPERATOR(CONV_2D) OPERATOR(SOFTMAX)"
 * The linker then drops the other kernels.
 */
#ifndef LOAM_MICRO_OPERATORS_H
#define LOAM_MICRO_OPERATORS_H

#include "../inferenceOptions.h"

#define INFERENCE_ALL_OPERATORS \
	OPERATOR(ADD) \
	OPERATOR(AVERAGE_POOL_2D) \
	OPERATOR(CONCATENATION) \
	OPERATOR(CONV_2D) \
	OPERATOR(DEPTHWISE_CONV_2D) \
	OPERATOR(DEQUANTIZE) \
	OPERATOR(EXPAND_DIMS) \
	OPERATOR(FULLY_CONNECTED) \
	OPERATOR(HARD_SWISH) \
	OPERATOR(LEAKY_RELU) \
	OPERATOR(LOGISTIC) \
	OPERATOR(MAX_POOL_2D) \
	OPERATOR(MEAN) \
	OPERATOR(MUL) \
	OPERATOR(PAD) \
	OPERATOR(QUANTIZE) \
	OPERATOR(RELU) \
	OPERATOR(RELU6) \
	OPERATOR(RESHAPE) \
	OPERATOR(SOFTMAX) \
	OPERATOR(SQUEEZE) \
	OPERATOR(STRIDED_SLICE) \
	OPERATOR(SUB) \
	OPERATOR(TANH) \
	OPERATOR(TRANSPOSE)

#if defined(INFERENCE_OPERATORS)
	#define microLeavesOut 1
#else
	#define microLeavesOut 0
	#define INFERENCE_OPERATORS INFERENCE_ALL_OPERATORS
#endif

#endif
