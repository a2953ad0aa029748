#include "microSmall.h"
#include "micro.h"

/* Names of the operators that the engine has kernels for, in this build or not. */
const char *inferenceOperatorName(int32_t builtinCode) {
	static const struct {
		uint8_t code;
		char name[18];
	} names[] = {
		{ 0, "ADD" }, { 1, "AVERAGE_POOL_2D" }, { 2, "CONCATENATION" }, { 3, "CONV_2D" }, { 4, "DEPTHWISE_CONV_2D" },
		{ 6, "DEQUANTIZE" }, { 9, "FULLY_CONNECTED" }, { 14, "LOGISTIC" }, { 17, "MAX_POOL_2D" }, { 18, "MUL" },
		{ 19, "RELU" }, { 21, "RELU6" }, { 22, "RESHAPE" }, { 25, "SOFTMAX" }, { 28, "TANH" }, { 34, "PAD" },
		{ 39, "TRANSPOSE" }, { 40, "MEAN" }, { 41, "SUB" }, { 43, "SQUEEZE" }, { 45, "STRIDED_SLICE" },
		{ 70, "EXPAND_DIMS" }, { 98, "LEAKY_RELU" }, { 114, "QUANTIZE" }, { 117, "HARD_SWISH" }
	};
	uint32_t i;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].code == builtinCode)
			return names[i].name;
	return "UNKNOWN";
}
