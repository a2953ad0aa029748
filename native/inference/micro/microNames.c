#include "microSmall.h"
#include "micro.h"
#include "microOperators.h"

#if microOmits

/* What is left out has no kernel that could say its name. */
static const char names[] = INFERENCE_ALL_NAMES;

static const char *nameOf(int32_t code) {
	const char *at = names;
	while (at < names + sizeof(names) - 1) {
		if ((uint8_t)*at++ == code)
			return at;
		while (*at++)
			;
	}
	return NULL;
}

#else

static const char *nameOf(int32_t code) {
	const MicroKernel *kernel = microKernel(code);
	return kernel ? kernel->name : NULL;
}

#endif

const char *inferenceOperatorName(int32_t builtinCode) {
	const char *name = nameOf(builtinCode);
	return name ? name : "UNKNOWN";
}

const char *microWhyMissing(int32_t code) {
	if (microOmits && nameOf(code))
		return "left out of this build; to put it in: npx loam inspect MODEL --operators FILE";
	return "operator code %d is not supported";
}
