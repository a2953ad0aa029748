/*
 * The operators: all of the engine's, and those of this build. A build for one model omits the operators that the model does not use,
 * with a manifest that `loam inspect MODEL --operators FILE` writes, or with
 *   -DINFERENCE_OPERATORS="OPERATOR(CONV_2D) OPERATOR(SOFTMAX)"
 * The linker then drops the other kernels.
 */
#ifndef LOAM_MICRO_OPERATORS_H
#define LOAM_MICRO_OPERATORS_H

#include "../inferenceOptions.h"
#include "microOperatorList.h"

#if defined(INFERENCE_OPERATORS)
	#define microOmits 1
#else
	#define microOmits 0
	#define INFERENCE_OPERATORS INFERENCE_ALL_OPERATORS
#endif

/* Types beyond int8 are in a build of all operators, and where a list's build asks for them. */
#if !defined(INFERENCE_INT16)
	#define INFERENCE_INT16 !microOmits
#endif
#if !defined(INFERENCE_INT4)
	#define INFERENCE_INT4 !microOmits
#endif

#endif
