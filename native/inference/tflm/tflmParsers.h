/* Made by `npm run generate` from packages/tfjs-to-tflite/src/graph/operators. Changes made here are lost. */
/* clang-format off */
#ifndef LOAM_TFLM_PARSERS_H
#define LOAM_TFLM_PARSERS_H

/* Who parses an operator's options, of the functions in TensorFlow Lite's flatbuffer_conversions.h. */
#define parserOfABS ParseAbs
#define parserOfADD ParseAdd
#define parserOfADD_N ParseAddN
#define parserOfARG_MAX ParseArgMax
#define parserOfARG_MIN ParseArgMin
#define parserOfASSIGN_VARIABLE ParseAssignVariable
#define parserOfAVERAGE_POOL_2D ParsePool
#define parserOfBATCH_MATMUL ParseBatchMatMul
#define parserOfBATCH_TO_SPACE_ND ParseBatchToSpaceNd
#define parserOfBROADCAST_ARGS ParseBroadcastArgs
#define parserOfBROADCAST_TO ParseBroadcastTo
#define parserOfCALL_ONCE ParseCallOnce
#define parserOfCAST ParseCast
#define parserOfCEIL ParseCeil
#define parserOfCONCATENATION ParseConcatenation
#define parserOfCONV_2D ParseConv2D
#define parserOfCOS ParseCos
#define parserOfCUMSUM ParseCumsum
#define parserOfDEPTHWISE_CONV_2D ParseDepthwiseConv2D
#define parserOfDEPTH_TO_SPACE ParseDepthToSpace
#define parserOfDEQUANTIZE ParseDequantize
#define parserOfDIV ParseDiv
#define parserOfDYNAMIC_UPDATE_SLICE ParseDynamicUpdateSlice
#define parserOfELU ParseElu
#define parserOfEMBEDDING_LOOKUP ParseEmbeddingLookup
#define parserOfEQUAL ParseEqual
#define parserOfEXP ParseExp
#define parserOfEXPAND_DIMS ParseExpandDims
#define parserOfFILL ParseFill
#define parserOfFLOOR ParseFloor
#define parserOfFLOOR_DIV ParseFloorDiv
#define parserOfFLOOR_MOD ParseFloorMod
#define parserOfFULLY_CONNECTED ParseFullyConnected
#define parserOfGATHER ParseGather
#define parserOfGATHER_ND ParseGatherNd
#define parserOfGREATER ParseGreater
#define parserOfGREATER_EQUAL ParseGreaterEqual
#define parserOfHARD_SWISH ParseHardSwish
#define parserOfIF ParseIf
#define parserOfL2_NORMALIZATION ParseL2Normalization
#define parserOfL2_POOL_2D ParsePool
#define parserOfLEAKY_RELU ParseLeakyRelu
#define parserOfLESS ParseLess
#define parserOfLESS_EQUAL ParseLessEqual
#define parserOfLOG ParseLog
#define parserOfLOGICAL_AND ParseLogicalAnd
#define parserOfLOGICAL_NOT ParseLogicalNot
#define parserOfLOGICAL_OR ParseLogicalOr
#define parserOfLOGISTIC ParseLogistic
#define parserOfLOG_SOFTMAX ParseLogSoftmax
#define parserOfMAXIMUM ParseMaximum
#define parserOfMAX_POOL_2D ParsePool
#define parserOfMEAN ParseReducer
#define parserOfMINIMUM ParseMinimum
#define parserOfMIRROR_PAD ParseMirrorPad
#define parserOfMUL ParseMul
#define parserOfNEG ParseNeg
#define parserOfNOT_EQUAL ParseNotEqual
#define parserOfPACK ParsePack
#define parserOfPAD ParsePad
#define parserOfPADV2 ParsePadV2
#define parserOfPRELU ParsePrelu
#define parserOfQUANTIZE ParseQuantize
#define parserOfREAD_VARIABLE ParseReadVariable
#define parserOfREDUCE_ALL ParseReducer
#define parserOfREDUCE_MAX ParseReducer
#define parserOfREDUCE_MIN ParseReducer
#define parserOfRELU ParseRelu
#define parserOfRELU6 ParseRelu6
#define parserOfRESHAPE ParseReshape
#define parserOfRESIZE_BILINEAR ParseResizeBilinear
#define parserOfRESIZE_NEAREST_NEIGHBOR ParseResizeNearestNeighbor
#define parserOfREVERSE_V2 ParseReverseV2
#define parserOfROUND ParseRound
#define parserOfRSQRT ParseRsqrt
#define parserOfSELECT_V2 ParseSelectV2
#define parserOfSHAPE ParseShape
#define parserOfSIN ParseSin
#define parserOfSLICE ParseSlice
#define parserOfSOFTMAX ParseSoftmax
#define parserOfSPACE_TO_BATCH_ND ParseSpaceToBatchNd
#define parserOfSPACE_TO_DEPTH ParseSpaceToDepth
#define parserOfSPLIT ParseSplit
#define parserOfSPLIT_V ParseSplitV
#define parserOfSQRT ParseSqrt
#define parserOfSQUARE ParseSquare
#define parserOfSQUARED_DIFFERENCE ParseSquaredDifference
#define parserOfSQUEEZE ParseSqueeze
#define parserOfSTRIDED_SLICE ParseStridedSlice
#define parserOfSUB ParseSub
#define parserOfSUM ParseReducer
#define parserOfSVDF ParseSvdf
#define parserOfTANH ParseTanh
#define parserOfTRANSPOSE ParseTranspose
#define parserOfTRANSPOSE_CONV ParseTransposeConv
#define parserOfUNIDIRECTIONAL_SEQUENCE_LSTM ParseUnidirectionalSequenceLSTM
#define parserOfUNPACK ParseUnpack
#define parserOfVAR_HANDLE ParseVarHandle
#define parserOfWHILE ParseWhile
#define parserOfZEROS_LIKE ParseZerosLike

/* All operators that TensorFlow Lite Micro has. */
#define TFLM_ALL_OPERATORS \
	OPERATOR(ABS) \
	OPERATOR(ADD) \
	OPERATOR(ADD_N) \
	OPERATOR(ARG_MAX) \
	OPERATOR(ARG_MIN) \
	OPERATOR(ASSIGN_VARIABLE) \
	OPERATOR(AVERAGE_POOL_2D) \
	OPERATOR(BATCH_MATMUL) \
	OPERATOR(BATCH_TO_SPACE_ND) \
	OPERATOR(BROADCAST_ARGS) \
	OPERATOR(BROADCAST_TO) \
	OPERATOR(CALL_ONCE) \
	OPERATOR(CAST) \
	OPERATOR(CEIL) \
	OPERATOR(CONCATENATION) \
	OPERATOR(CONV_2D) \
	OPERATOR(COS) \
	OPERATOR(CUMSUM) \
	OPERATOR(DEPTHWISE_CONV_2D) \
	OPERATOR(DEPTH_TO_SPACE) \
	OPERATOR(DEQUANTIZE) \
	OPERATOR(DIV) \
	OPERATOR(DYNAMIC_UPDATE_SLICE) \
	OPERATOR(ELU) \
	OPERATOR(EMBEDDING_LOOKUP) \
	OPERATOR(EQUAL) \
	OPERATOR(EXP) \
	OPERATOR(EXPAND_DIMS) \
	OPERATOR(FILL) \
	OPERATOR(FLOOR) \
	OPERATOR(FLOOR_DIV) \
	OPERATOR(FLOOR_MOD) \
	OPERATOR(FULLY_CONNECTED) \
	OPERATOR(GATHER) \
	OPERATOR(GATHER_ND) \
	OPERATOR(GREATER) \
	OPERATOR(GREATER_EQUAL) \
	OPERATOR(HARD_SWISH) \
	OPERATOR(IF) \
	OPERATOR(L2_NORMALIZATION) \
	OPERATOR(L2_POOL_2D) \
	OPERATOR(LEAKY_RELU) \
	OPERATOR(LESS) \
	OPERATOR(LESS_EQUAL) \
	OPERATOR(LOG) \
	OPERATOR(LOGICAL_AND) \
	OPERATOR(LOGICAL_NOT) \
	OPERATOR(LOGICAL_OR) \
	OPERATOR(LOGISTIC) \
	OPERATOR(LOG_SOFTMAX) \
	OPERATOR(MAXIMUM) \
	OPERATOR(MAX_POOL_2D) \
	OPERATOR(MEAN) \
	OPERATOR(MINIMUM) \
	OPERATOR(MIRROR_PAD) \
	OPERATOR(MUL) \
	OPERATOR(NEG) \
	OPERATOR(NOT_EQUAL) \
	OPERATOR(PACK) \
	OPERATOR(PAD) \
	OPERATOR(PADV2) \
	OPERATOR(PRELU) \
	OPERATOR(QUANTIZE) \
	OPERATOR(READ_VARIABLE) \
	OPERATOR(REDUCE_ALL) \
	OPERATOR(REDUCE_MAX) \
	OPERATOR(REDUCE_MIN) \
	OPERATOR(RELU) \
	OPERATOR(RELU6) \
	OPERATOR(RESHAPE) \
	OPERATOR(RESIZE_BILINEAR) \
	OPERATOR(RESIZE_NEAREST_NEIGHBOR) \
	OPERATOR(REVERSE_V2) \
	OPERATOR(ROUND) \
	OPERATOR(RSQRT) \
	OPERATOR(SELECT_V2) \
	OPERATOR(SHAPE) \
	OPERATOR(SIN) \
	OPERATOR(SLICE) \
	OPERATOR(SOFTMAX) \
	OPERATOR(SPACE_TO_BATCH_ND) \
	OPERATOR(SPACE_TO_DEPTH) \
	OPERATOR(SPLIT) \
	OPERATOR(SPLIT_V) \
	OPERATOR(SQRT) \
	OPERATOR(SQUARE) \
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
	OPERATOR(VAR_HANDLE) \
	OPERATOR(WHILE) \
	OPERATOR(ZEROS_LIKE)

/* Operators that move nothing: their output may lie where their first input does. */
#define operatorsInPlace(each) each(EXPAND_DIMS) each(RESHAPE) each(SQUEEZE)

#endif
