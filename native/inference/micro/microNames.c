#include "microSmall.h"
#include "micro.h"

const char *inferenceOperatorName(int32_t builtinCode) {
	const MicroKernel *kernel = microKernel(builtinCode);
	return kernel ? kernel->name : "UNKNOWN";
}
