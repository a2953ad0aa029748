/* Made by `npm run generate` from host-tools/graph/operators. Changes made here are lost. */
/* clang-format off */
#ifndef LOAM_MICRO_OPERATOR_LIST_H
#define LOAM_MICRO_OPERATOR_LIST_H

/* All operators that the engine has. */
#define INFERENCE_ALL_OPERATORS \
	OPERATOR(ADD) \
	OPERATOR(AVERAGE_POOL_2D) \
	OPERATOR(CONCATENATION) \
	OPERATOR(CONV_2D) \
	OPERATOR(DEPTHWISE_CONV_2D) \
	OPERATOR(DEQUANTIZE) \
	OPERATOR(EXPAND_DIMS) \
	OPERATOR(FULLY_CONNECTED) \
	OPERATOR(HARD_SWISH) \
	OPERATOR(LEAKY_RELU) \
	OPERATOR(LOGISTIC) \
	OPERATOR(MAXIMUM) \
	OPERATOR(MAX_POOL_2D) \
	OPERATOR(MEAN) \
	OPERATOR(MINIMUM) \
	OPERATOR(MUL) \
	OPERATOR(PAD) \
	OPERATOR(QUANTIZE) \
	OPERATOR(RELU) \
	OPERATOR(RELU6) \
	OPERATOR(RESHAPE) \
	OPERATOR(SOFTMAX) \
	OPERATOR(SQUEEZE) \
	OPERATOR(STRIDED_SLICE) \
	OPERATOR(SUB) \
	OPERATOR(TANH) \
	OPERATOR(TRANSPOSE)

/* Their numbers in the schema's BuiltinOperator, and those of their options in BuiltinOptions (0: none). */
enum {
	builtinADD = 0,
	optionsOfADD = 11,
	builtinAVERAGE_POOL_2D = 1,
	optionsOfAVERAGE_POOL_2D = 5,
	builtinCONCATENATION = 2,
	optionsOfCONCATENATION = 10,
	builtinCONV_2D = 3,
	optionsOfCONV_2D = 1,
	builtinDEPTHWISE_CONV_2D = 4,
	optionsOfDEPTHWISE_CONV_2D = 2,
	builtinDEQUANTIZE = 6,
	optionsOfDEQUANTIZE = 38,
	builtinEXPAND_DIMS = 70,
	optionsOfEXPAND_DIMS = 52,
	builtinFULLY_CONNECTED = 9,
	optionsOfFULLY_CONNECTED = 8,
	builtinHARD_SWISH = 117,
	optionsOfHARD_SWISH = 91,
	builtinLEAKY_RELU = 98,
	optionsOfLEAKY_RELU = 75,
	builtinLOGISTIC = 14,
	optionsOfLOGISTIC = 0,
	builtinMAXIMUM = 55,
	optionsOfMAXIMUM = 39,
	builtinMAX_POOL_2D = 17,
	optionsOfMAX_POOL_2D = 5,
	builtinMEAN = 40,
	optionsOfMEAN = 27,
	builtinMINIMUM = 57,
	optionsOfMINIMUM = 39,
	builtinMUL = 18,
	optionsOfMUL = 21,
	builtinPAD = 34,
	optionsOfPAD = 22,
	builtinQUANTIZE = 114,
	optionsOfQUANTIZE = 89,
	builtinRELU = 19,
	optionsOfRELU = 0,
	builtinRELU6 = 21,
	optionsOfRELU6 = 0,
	builtinRESHAPE = 22,
	optionsOfRESHAPE = 17,
	builtinSOFTMAX = 25,
	optionsOfSOFTMAX = 9,
	builtinSQUEEZE = 43,
	optionsOfSQUEEZE = 30,
	builtinSTRIDED_SLICE = 45,
	optionsOfSTRIDED_SLICE = 32,
	builtinSUB = 41,
	optionsOfSUB = 28,
	builtinTANH = 28,
	optionsOfTANH = 0,
	builtinTRANSPOSE = 39,
	optionsOfTRANSPOSE = 26,
};

/* A byte of BuiltinOperator and the name of each. */
#define INFERENCE_ALL_NAMES \
	"\000" "ADD\0" \
	"\001" "AVERAGE_POOL_2D\0" \
	"\002" "CONCATENATION\0" \
	"\003" "CONV_2D\0" \
	"\004" "DEPTHWISE_CONV_2D\0" \
	"\006" "DEQUANTIZE\0" \
	"\106" "EXPAND_DIMS\0" \
	"\011" "FULLY_CONNECTED\0" \
	"\165" "HARD_SWISH\0" \
	"\142" "LEAKY_RELU\0" \
	"\016" "LOGISTIC\0" \
	"\067" "MAXIMUM\0" \
	"\021" "MAX_POOL_2D\0" \
	"\050" "MEAN\0" \
	"\071" "MINIMUM\0" \
	"\022" "MUL\0" \
	"\042" "PAD\0" \
	"\162" "QUANTIZE\0" \
	"\023" "RELU\0" \
	"\025" "RELU6\0" \
	"\026" "RESHAPE\0" \
	"\031" "SOFTMAX\0" \
	"\053" "SQUEEZE\0" \
	"\055" "STRIDED_SLICE\0" \
	"\051" "SUB\0" \
	"\034" "TANH\0" \
	"\047" "TRANSPOSE\0"

#endif
