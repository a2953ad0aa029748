/*
 * The operators: all that the engine has, and those of this build. A build for one model leaves out what the model does not use
 * with a manifest that `loam inspect MODEL --operators FILE` writes, or with
 *   -DINFERENCE_OPERATORS="OPERATOR(CONV_2D) OPERATOR(SOFTMAX)"
 * The linker then drops the other kernels.
 */
#ifndef LOAM_MICRO_OPERATORS_H
#define LOAM_MICRO_OPERATORS_H

#include "../inferenceOptions.h"
#include "microOperatorList.h"

#if defined(INFERENCE_OPERATORS)
	#define microLeavesOut 1
#else
	#define microLeavesOut 0
	#define INFERENCE_OPERATORS INFERENCE_ALL_OPERATORS
#endif

#endif
