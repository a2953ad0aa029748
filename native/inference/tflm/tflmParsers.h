/* Made by `npm run generate` from host-tools/graph/operators. Changes made here are lost. */
/* clang-format off */
#ifndef LOAM_TFLM_PARSERS_H
#define LOAM_TFLM_PARSERS_H

/* Who parses an operator's options, of the functions in TensorFlow Lite's flatbuffer_conversions.h. */
#define parserOfADD ParseAdd
#define parserOfAVERAGE_POOL_2D ParsePool
#define parserOfCONCATENATION ParseConcatenation
#define parserOfCONV_2D ParseConv2D
#define parserOfDEPTHWISE_CONV_2D ParseDepthwiseConv2D
#define parserOfDEQUANTIZE ParseDequantize
#define parserOfEXPAND_DIMS ParseExpandDims
#define parserOfFULLY_CONNECTED ParseFullyConnected
#define parserOfHARD_SWISH ParseHardSwish
#define parserOfLEAKY_RELU ParseLeakyRelu
#define parserOfLOGISTIC ParseLogistic
#define parserOfMAXIMUM ParseMaximum
#define parserOfMAX_POOL_2D ParsePool
#define parserOfMEAN ParseReducer
#define parserOfMINIMUM ParseMinimum
#define parserOfMUL ParseMul
#define parserOfPAD ParsePad
#define parserOfQUANTIZE ParseQuantize
#define parserOfRELU ParseRelu
#define parserOfRELU6 ParseRelu6
#define parserOfRESHAPE ParseReshape
#define parserOfSOFTMAX ParseSoftmax
#define parserOfSQUEEZE ParseSqueeze
#define parserOfSTRIDED_SLICE ParseStridedSlice
#define parserOfSUB ParseSub
#define parserOfTANH ParseTanh
#define parserOfTRANSPOSE ParseTranspose

/* Operators that move nothing: their output may lie where their first input does. */
#define operatorsInPlace(each) each(EXPAND_DIMS) each(RESHAPE) each(SQUEEZE)

#endif
