/* Made by `npm run generate` from packages/tfjs-to-tflite/src/graph/operators. Changes made here are lost. */
/* clang-format off */
#ifndef LOAM_MICRO_OPERATOR_LIST_H
#define LOAM_MICRO_OPERATOR_LIST_H

/* All operators that the engine has. */
#define INFERENCE_ALL_OPERATORS \
	OPERATOR(ABS) \
	OPERATOR(ADD) \
	OPERATOR(ARG_MAX) \
	OPERATOR(ARG_MIN) \
	OPERATOR(ASSIGN_VARIABLE) \
	OPERATOR(AVERAGE_POOL_2D) \
	OPERATOR(BATCH_TO_SPACE_ND) \
	OPERATOR(CALL_ONCE) \
	OPERATOR(CAST) \
	OPERATOR(CONCATENATION) \
	OPERATOR(CONV_2D) \
	OPERATOR(DEPTHWISE_CONV_2D) \
	OPERATOR(DEPTH_TO_SPACE) \
	OPERATOR(DEQUANTIZE) \
	OPERATOR(DIV) \
	OPERATOR(ELU) \
	OPERATOR(EQUAL) \
	OPERATOR(EXPAND_DIMS) \
	OPERATOR(FILL) \
	OPERATOR(FULLY_CONNECTED) \
	OPERATOR(GATHER) \
	OPERATOR(GREATER) \
	OPERATOR(GREATER_EQUAL) \
	OPERATOR(HARD_SWISH) \
	OPERATOR(LEAKY_RELU) \
	OPERATOR(LESS) \
	OPERATOR(LESS_EQUAL) \
	OPERATOR(LOGISTIC) \
	OPERATOR(LOG_SOFTMAX) \
	OPERATOR(MAXIMUM) \
	OPERATOR(MAX_POOL_2D) \
	OPERATOR(MEAN) \
	OPERATOR(MINIMUM) \
	OPERATOR(MIRROR_PAD) \
	OPERATOR(MUL) \
	OPERATOR(NOT_EQUAL) \
	OPERATOR(PACK) \
	OPERATOR(PAD) \
	OPERATOR(PRELU) \
	OPERATOR(QUANTIZE) \
	OPERATOR(READ_VARIABLE) \
	OPERATOR(REDUCE_MAX) \
	OPERATOR(REDUCE_MIN) \
	OPERATOR(RELU) \
	OPERATOR(RELU6) \
	OPERATOR(RESHAPE) \
	OPERATOR(RESIZE_BILINEAR) \
	OPERATOR(RESIZE_NEAREST_NEIGHBOR) \
	OPERATOR(RSQRT) \
	OPERATOR(SELECT_V2) \
	OPERATOR(SHAPE) \
	OPERATOR(SLICE) \
	OPERATOR(SOFTMAX) \
	OPERATOR(SPACE_TO_BATCH_ND) \
	OPERATOR(SPACE_TO_DEPTH) \
	OPERATOR(SPLIT) \
	OPERATOR(SPLIT_V) \
	OPERATOR(SQUARED_DIFFERENCE) \
	OPERATOR(SQUEEZE) \
	OPERATOR(STRIDED_SLICE) \
	OPERATOR(SUB) \
	OPERATOR(SUM) \
	OPERATOR(SVDF) \
	OPERATOR(TANH) \
	OPERATOR(TRANSPOSE) \
	OPERATOR(TRANSPOSE_CONV) \
	OPERATOR(UNIDIRECTIONAL_SEQUENCE_LSTM) \
	OPERATOR(UNPACK) \
	OPERATOR(VAR_HANDLE)

/* Their numbers in the schema's BuiltinOperator, and those of their options in BuiltinOptions (0: none). */
enum {
	builtinABS = 101,
	optionsOfABS = 78,
	builtinADD = 0,
	optionsOfADD = 11,
	builtinARG_MAX = 56,
	optionsOfARG_MAX = 40,
	builtinARG_MIN = 79,
	optionsOfARG_MIN = 57,
	builtinASSIGN_VARIABLE = 144,
	optionsOfASSIGN_VARIABLE = 113,
	builtinAVERAGE_POOL_2D = 1,
	optionsOfAVERAGE_POOL_2D = 5,
	builtinBATCH_TO_SPACE_ND = 37,
	optionsOfBATCH_TO_SPACE_ND = 24,
	builtinCALL_ONCE = 129,
	optionsOfCALL_ONCE = 103,
	builtinCAST = 53,
	optionsOfCAST = 37,
	builtinCONCATENATION = 2,
	optionsOfCONCATENATION = 10,
	builtinCONV_2D = 3,
	optionsOfCONV_2D = 1,
	builtinDEPTHWISE_CONV_2D = 4,
	optionsOfDEPTHWISE_CONV_2D = 2,
	builtinDEPTH_TO_SPACE = 5,
	optionsOfDEPTH_TO_SPACE = 94,
	builtinDEQUANTIZE = 6,
	optionsOfDEQUANTIZE = 38,
	builtinDIV = 42,
	optionsOfDIV = 29,
	builtinELU = 111,
	optionsOfELU = 0,
	builtinEQUAL = 71,
	optionsOfEQUAL = 53,
	builtinEXPAND_DIMS = 70,
	optionsOfEXPAND_DIMS = 52,
	builtinFILL = 94,
	optionsOfFILL = 68,
	builtinFULLY_CONNECTED = 9,
	optionsOfFULLY_CONNECTED = 8,
	builtinGATHER = 36,
	optionsOfGATHER = 23,
	builtinGREATER = 61,
	optionsOfGREATER = 44,
	builtinGREATER_EQUAL = 62,
	optionsOfGREATER_EQUAL = 45,
	builtinHARD_SWISH = 117,
	optionsOfHARD_SWISH = 91,
	builtinLEAKY_RELU = 98,
	optionsOfLEAKY_RELU = 75,
	builtinLESS = 58,
	optionsOfLESS = 41,
	builtinLESS_EQUAL = 63,
	optionsOfLESS_EQUAL = 46,
	builtinLOGISTIC = 14,
	optionsOfLOGISTIC = 0,
	builtinLOG_SOFTMAX = 50,
	optionsOfLOG_SOFTMAX = 36,
	builtinMAXIMUM = 55,
	optionsOfMAXIMUM = 39,
	builtinMAX_POOL_2D = 17,
	optionsOfMAX_POOL_2D = 5,
	builtinMEAN = 40,
	optionsOfMEAN = 27,
	builtinMINIMUM = 57,
	optionsOfMINIMUM = 39,
	builtinMIRROR_PAD = 100,
	optionsOfMIRROR_PAD = 77,
	builtinMUL = 18,
	optionsOfMUL = 21,
	builtinNOT_EQUAL = 72,
	optionsOfNOT_EQUAL = 54,
	builtinPACK = 83,
	optionsOfPACK = 59,
	builtinPAD = 34,
	optionsOfPAD = 22,
	builtinPRELU = 54,
	optionsOfPRELU = 0,
	builtinQUANTIZE = 114,
	optionsOfQUANTIZE = 89,
	builtinREAD_VARIABLE = 143,
	optionsOfREAD_VARIABLE = 112,
	builtinREDUCE_MAX = 82,
	optionsOfREDUCE_MAX = 27,
	builtinREDUCE_MIN = 89,
	optionsOfREDUCE_MIN = 27,
	builtinRELU = 19,
	optionsOfRELU = 0,
	builtinRELU6 = 21,
	optionsOfRELU6 = 0,
	builtinRESHAPE = 22,
	optionsOfRESHAPE = 17,
	builtinRESIZE_BILINEAR = 23,
	optionsOfRESIZE_BILINEAR = 15,
	builtinRESIZE_NEAREST_NEIGHBOR = 97,
	optionsOfRESIZE_NEAREST_NEIGHBOR = 74,
	builtinRSQRT = 76,
	optionsOfRSQRT = 0,
	builtinSELECT_V2 = 123,
	optionsOfSELECT_V2 = 98,
	builtinSHAPE = 77,
	optionsOfSHAPE = 55,
	builtinSLICE = 65,
	optionsOfSLICE = 48,
	builtinSOFTMAX = 25,
	optionsOfSOFTMAX = 9,
	builtinSPACE_TO_BATCH_ND = 38,
	optionsOfSPACE_TO_BATCH_ND = 25,
	builtinSPACE_TO_DEPTH = 26,
	optionsOfSPACE_TO_DEPTH = 19,
	builtinSPLIT = 49,
	optionsOfSPLIT = 35,
	builtinSPLIT_V = 102,
	optionsOfSPLIT_V = 79,
	builtinSQUARED_DIFFERENCE = 99,
	optionsOfSQUARED_DIFFERENCE = 76,
	builtinSQUEEZE = 43,
	optionsOfSQUEEZE = 30,
	builtinSTRIDED_SLICE = 45,
	optionsOfSTRIDED_SLICE = 32,
	builtinSUB = 41,
	optionsOfSUB = 28,
	builtinSUM = 74,
	optionsOfSUM = 27,
	builtinSVDF = 27,
	optionsOfSVDF = 6,
	builtinTANH = 28,
	optionsOfTANH = 0,
	builtinTRANSPOSE = 39,
	optionsOfTRANSPOSE = 26,
	builtinTRANSPOSE_CONV = 67,
	optionsOfTRANSPOSE_CONV = 49,
	builtinUNIDIRECTIONAL_SEQUENCE_LSTM = 44,
	optionsOfUNIDIRECTIONAL_SEQUENCE_LSTM = 71,
	builtinUNPACK = 88,
	optionsOfUNPACK = 64,
	builtinVAR_HANDLE = 142,
	optionsOfVAR_HANDLE = 111,
};

#endif
