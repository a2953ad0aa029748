#include "microSmall.h"
#include "micro.h"
#include "microOperators.h"

#if microLeavesOut

/* clang-format off */
/* All operators that the engine has: a byte of BuiltinOperator and the name. What is left out has no kernel that could say its name. */
static const char names[] =
	"\0" "ADD\0" "\1" "AVERAGE_POOL_2D\0" "\2" "CONCATENATION\0" "\3" "CONV_2D\0" "\4" "DEPTHWISE_CONV_2D\0" "\6" "DEQUANTIZE\0"
	"\11" "FULLY_CONNECTED\0" "\16" "LOGISTIC\0" "\21" "MAX_POOL_2D\0" "\22" "MUL\0" "\23" "RELU\0" "\25" "RELU6\0" "\26" "RESHAPE\0"
	"\31" "SOFTMAX\0" "\34" "TANH\0" "\42" "PAD\0" "\47" "TRANSPOSE\0" "\50" "MEAN\0" "\51" "SUB\0" "\53" "SQUEEZE\0"
	"\55" "STRIDED_SLICE\0" "\106" "EXPAND_DIMS\0" "\142" "LEAKY_RELU\0" "\162" "QUANTIZE\0" "\165" "HARD_SWISH";

static const char *nameOf(int32_t code) {
	const char *at = names;
	while (at < names + sizeof(names)) {
		if (*at++ == code)
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
	if (microLeavesOut && nameOf(code))
		return "left out of this build; to put it in: npx loam inspect MODEL --operators FILE";
	return "operator code %d is not supported";
}
