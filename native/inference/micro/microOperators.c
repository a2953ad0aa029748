#include "microSmall.h"
#include "micro.h"
#include "microOperators.h"

#define OPERATOR(name) extern const MicroKernel microKernel##name;
INFERENCE_OPERATORS
#undef OPERATOR

#define OPERATOR(name) &microKernel##name,
static const MicroKernel *const kernels[] = { INFERENCE_OPERATORS };
#undef OPERATOR

/* Their names in the same order, and what comes after the last one. */
#define OPERATOR(name) #name "\0"
static const char names[] = INFERENCE_OPERATORS "UNKNOWN";
#undef OPERATOR

const MicroKernel *microKernel(int32_t code) {
	uint32_t i;
	for (i = 0; i < sizeof(kernels) / sizeof(kernels[0]); i++)
		if (kernels[i]->code == code)
			return kernels[i];
	return NULL;
}

const char *inferenceOperatorName(int32_t builtinCode) {
	const char *name = names;
	uint32_t i;
	for (i = 0; (i < sizeof(kernels) / sizeof(kernels[0])) && (kernels[i]->code != builtinCode); i++)
		while (*name++)
			;
	return name;
}

/* A build of some operators does not have the names of the others. */
const char *microWhyMissing(void) {
	return microOmits ? "operator code %d is not in this build; add it: npx loam inspect MODEL --operators FILE"
					  : "operator code %d is not supported";
}
