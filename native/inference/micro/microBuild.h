/*
 * What this build has, by its list of operators and its options.
 */
#ifndef LOAM_MICRO_BUILD_H
#define LOAM_MICRO_BUILD_H

#include "../inferenceOptions.h"
#include "microOperators.h"

/* What some operators of this build need, as constants: without them, the code for it is dropped. */
#define isVariableOperator(code) \
	((code) == builtinCALL_ONCE || (code) == builtinVAR_HANDLE || (code) == builtinREAD_VARIABLE || \
		(code) == builtinASSIGN_VARIABLE)
#define isSplit(code) ((code) == builtinSPLIT || (code) == builtinSPLIT_V || (code) == builtinUNPACK)
/* Those that may do without a copy. */
#define isCopy(code) \
	((code) == builtinSLICE || (code) == builtinSTRIDED_SLICE || (code) == builtinREAD_VARIABLE || \
		(code) == builtinCONCATENATION || (code) == builtinPACK)
/* Those with variable tensors, which are theirs alone. */
#define isStateful(code) ((code) == builtinUNIDIRECTIONAL_SEQUENCE_LSTM || (code) == builtinSVDF)
/* clang-format off */
#define OPERATOR(name) | (builtin##name == builtinSHAPE)
enum { microKnown = 0 INFERENCE_OPERATORS };
#undef OPERATOR
#define OPERATOR(name) | (isStateful(builtin##name))
enum { microStates = 0 INFERENCE_OPERATORS };
#undef OPERATOR
#define OPERATOR(name) | (isCopy(builtin##name))
enum { microParts = 0 INFERENCE_OPERATORS };
#undef OPERATOR
#define OPERATOR(name) | (isVariableOperator(builtin##name))
enum { microVariables = 0 INFERENCE_OPERATORS };
#undef OPERATOR
#define OPERATOR(name) | (isSplit(builtin##name))
enum { microSeveralOutputs = 0 INFERENCE_OPERATORS };
#undef OPERATOR
/* clang-format on */

/* Whether this build takes int16 activations (16x8) and int4 weights: without them, the code for it is dropped. */
enum { microInt16 = INFERENCE_INT16, microInt4 = INFERENCE_INT4 };

#endif
