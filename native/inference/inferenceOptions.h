/*
 * Build options. mcconfig writes a manifest's `defines` as MODDEF_... into mc.defines.h, which must be included explicitly;
 * all other builds, the simulator's too, pass them to the compiler.
 *
 * MODDEF_INFERENCE_OPERATORS, or INFERENCE_OPERATORS: the operators to build in, e.g. OPERATOR(CONV_2D) OPERATOR(SOFTMAX); all when it
 *   is not given. `loam inspect MODEL --operators FILE` writes the manifest with it.
 * MODDEF_INFERENCE_INT16, or INFERENCE_INT16: 1 where these operators take int16 activations (16x8), too; without a list of operators they do.
 * MODDEF_INFERENCE_INT4, or INFERENCE_INT4: the same of int4 weights.
 * MODDEF_INFERENCE_EXTERNAL, or INFERENCE_EXTERNAL: inputs may be outside of the arena in a build with a list of operators, too; all others have
 *   that. `loam inspect MODEL --operators FILE --external-input 0` writes it beside the list.
 * MODDEF_INFERENCE_ESP_NN, or INFERENCE_ESP_NN: convolutions by esp-nn, see espnn/manifest.json.
 *
 * INFERENCE_MAC16: convolutions and fully connected layers by the kernels in lx6. Chosen here for chips that have that multiplier, unless esp-nn is.
 */
#ifndef LOAM_INFERENCE_OPTIONS_H
#define LOAM_INFERENCE_OPTIONS_H

#if defined(__has_include)
	#if __has_include("mc.defines.h")
		#include "mc.defines.h"
	#endif
#endif

#if defined(MODDEF_INFERENCE_OPERATORS) && !defined(INFERENCE_OPERATORS)
	#define INFERENCE_OPERATORS MODDEF_INFERENCE_OPERATORS
#endif

#if defined(MODDEF_INFERENCE_INT16) && !defined(INFERENCE_INT16)
	#define INFERENCE_INT16 MODDEF_INFERENCE_INT16
#endif

#if defined(MODDEF_INFERENCE_INT4) && !defined(INFERENCE_INT4)
	#define INFERENCE_INT4 MODDEF_INFERENCE_INT4
#endif

#if defined(MODDEF_INFERENCE_EXTERNAL) && !defined(INFERENCE_EXTERNAL)
	#define INFERENCE_EXTERNAL MODDEF_INFERENCE_EXTERNAL
#endif

#if defined(MODDEF_INFERENCE_ESP_NN) && !defined(INFERENCE_ESP_NN)
	#define INFERENCE_ESP_NN MODDEF_INFERENCE_ESP_NN
#endif

/* The core's configuration, in ESP-IDF's headers; a compiler for LX106 has none. */
#if defined(__XTENSA__) && defined(__has_include) && !defined(INFERENCE_ESP_NN)
	#if __has_include(<xtensa/config/core-isa.h>)
		#include <xtensa/config/core-isa.h>
		#if XCHAL_HAVE_MAC16 && XCHAL_HAVE_LOOPS && !defined(INFERENCE_MAC16)
			#define INFERENCE_MAC16 1
		#endif
	#endif
#endif

#endif
