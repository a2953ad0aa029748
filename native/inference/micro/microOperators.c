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
