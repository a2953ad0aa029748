#include "microSmall.h"
#include "micro.h"
#include "microOperators.h"

#define OPERATOR(name) extern const MicroKernel microKernel##name;
INFERENCE_OPERATORS
#undef OPERATOR

#define OPERATOR(name) &microKernel##name,
static const MicroKernel *const kernels[] = { INFERENCE_OPERATORS };
#undef OPERATOR

const MicroKernel *microKernel(int32_t code) {
	uint32_t i;
	for (i = 0; i < sizeof(kernels) / sizeof(kernels[0]); i++)
		if (kernels[i]->code == code)
			return kernels[i];
	return NULL;
}

const char *inferenceOperatorName(int32_t builtinCode) {
	const MicroKernel *kernel = microKernel(builtinCode);
	return kernel ? kernel->name : "UNKNOWN";
}

/* A build of some operators does not have the names of the others. */
const char *microWhyMissing(void) {
	return microOmits ? "operator code %d is not in this build; add it: npx loam inspect MODEL --operators FILE"
					  : "operator code %d is not supported";
}
