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
#define parserOfCIRCULAR_BUFFER nullptr
#define parserOfSignalDelay nullptr
#define parserOfSignalEnergy nullptr
#define parserOfSignalFftAutoScale nullptr
#define parserOfSignalFilterBank nullptr
#define parserOfSignalFilterBankLog nullptr
#define parserOfSignalFilterBankSpectralSubtraction nullptr
#define parserOfSignalFilterBankSquareRoot nullptr
#define parserOfSignalFramer nullptr
#define parserOfSignalIrfft nullptr
#define parserOfSignalOverlapAdd nullptr
#define parserOfSignalPCAN nullptr
#define parserOfSignalRfft nullptr
#define parserOfSignalStacker nullptr
#define parserOfSignalWindow nullptr
#define parserOfTFLM_DECODE nullptr
#define parserOfTFLite_Detection_PostProcess nullptr

/* Who gives an operator's kernel, in namespace tflite. */
#define kernelOfABS Register_ABS
#define kernelOfADD Register_ADD
#define kernelOfADD_N Register_ADD_N
#define kernelOfARG_MAX Register_ARG_MAX
#define kernelOfARG_MIN Register_ARG_MIN
#define kernelOfASSIGN_VARIABLE Register_ASSIGN_VARIABLE
#define kernelOfAVERAGE_POOL_2D Register_AVERAGE_POOL_2D
#define kernelOfBATCH_MATMUL Register_BATCH_MATMUL
#define kernelOfBATCH_TO_SPACE_ND Register_BATCH_TO_SPACE_ND
#define kernelOfBROADCAST_ARGS Register_BROADCAST_ARGS
#define kernelOfBROADCAST_TO Register_BROADCAST_TO
#define kernelOfCALL_ONCE Register_CALL_ONCE
#define kernelOfCAST Register_CAST
#define kernelOfCEIL Register_CEIL
#define kernelOfCONCATENATION Register_CONCATENATION
#define kernelOfCONV_2D Register_CONV_2D
#define kernelOfCOS Register_COS
#define kernelOfCUMSUM Register_CUMSUM
#define kernelOfDEPTHWISE_CONV_2D Register_DEPTHWISE_CONV_2D
#define kernelOfDEPTH_TO_SPACE Register_DEPTH_TO_SPACE
#define kernelOfDEQUANTIZE Register_DEQUANTIZE
#define kernelOfDIV Register_DIV
#define kernelOfDYNAMIC_UPDATE_SLICE Register_DYNAMIC_UPDATE_SLICE
#define kernelOfELU Register_ELU
#define kernelOfEMBEDDING_LOOKUP Register_EMBEDDING_LOOKUP
#define kernelOfEQUAL Register_EQUAL
#define kernelOfEXP Register_EXP
#define kernelOfEXPAND_DIMS Register_EXPAND_DIMS
#define kernelOfFILL Register_FILL
#define kernelOfFLOOR Register_FLOOR
#define kernelOfFLOOR_DIV Register_FLOOR_DIV
#define kernelOfFLOOR_MOD Register_FLOOR_MOD
#define kernelOfFULLY_CONNECTED Register_FULLY_CONNECTED
#define kernelOfGATHER Register_GATHER
#define kernelOfGATHER_ND Register_GATHER_ND
#define kernelOfGREATER Register_GREATER
#define kernelOfGREATER_EQUAL Register_GREATER_EQUAL
#define kernelOfHARD_SWISH Register_HARD_SWISH
#define kernelOfIF Register_IF
#define kernelOfL2_NORMALIZATION Register_L2_NORMALIZATION
#define kernelOfL2_POOL_2D Register_L2_POOL_2D
#define kernelOfLEAKY_RELU Register_LEAKY_RELU
#define kernelOfLESS Register_LESS
#define kernelOfLESS_EQUAL Register_LESS_EQUAL
#define kernelOfLOG Register_LOG
#define kernelOfLOGICAL_AND Register_LOGICAL_AND
#define kernelOfLOGICAL_NOT Register_LOGICAL_NOT
#define kernelOfLOGICAL_OR Register_LOGICAL_OR
#define kernelOfLOGISTIC Register_LOGISTIC
#define kernelOfLOG_SOFTMAX Register_LOG_SOFTMAX
#define kernelOfMAXIMUM Register_MAXIMUM
#define kernelOfMAX_POOL_2D Register_MAX_POOL_2D
#define kernelOfMEAN Register_MEAN
#define kernelOfMINIMUM Register_MINIMUM
#define kernelOfMIRROR_PAD Register_MIRROR_PAD
#define kernelOfMUL Register_MUL
#define kernelOfNEG Register_NEG
#define kernelOfNOT_EQUAL Register_NOT_EQUAL
#define kernelOfPACK Register_PACK
#define kernelOfPAD Register_PAD
#define kernelOfPADV2 Register_PADV2
#define kernelOfPRELU Register_PRELU
#define kernelOfQUANTIZE Register_QUANTIZE
#define kernelOfREAD_VARIABLE Register_READ_VARIABLE
#define kernelOfREDUCE_ALL Register_REDUCE_ALL
#define kernelOfREDUCE_MAX Register_REDUCE_MAX
#define kernelOfREDUCE_MIN Register_REDUCE_MIN
#define kernelOfRELU Register_RELU
#define kernelOfRELU6 Register_RELU6
#define kernelOfRESHAPE Register_RESHAPE
#define kernelOfRESIZE_BILINEAR Register_RESIZE_BILINEAR
#define kernelOfRESIZE_NEAREST_NEIGHBOR Register_RESIZE_NEAREST_NEIGHBOR
#define kernelOfREVERSE_V2 Register_REVERSE_V2
#define kernelOfROUND Register_ROUND
#define kernelOfRSQRT Register_RSQRT
#define kernelOfSELECT_V2 Register_SELECT_V2
#define kernelOfSHAPE Register_SHAPE
#define kernelOfSIN Register_SIN
#define kernelOfSLICE Register_SLICE
#define kernelOfSOFTMAX Register_SOFTMAX
#define kernelOfSPACE_TO_BATCH_ND Register_SPACE_TO_BATCH_ND
#define kernelOfSPACE_TO_DEPTH Register_SPACE_TO_DEPTH
#define kernelOfSPLIT Register_SPLIT
#define kernelOfSPLIT_V Register_SPLIT_V
#define kernelOfSQRT Register_SQRT
#define kernelOfSQUARE Register_SQUARE
#define kernelOfSQUARED_DIFFERENCE Register_SQUARED_DIFFERENCE
#define kernelOfSQUEEZE Register_SQUEEZE
#define kernelOfSTRIDED_SLICE Register_STRIDED_SLICE
#define kernelOfSUB Register_SUB
#define kernelOfSUM Register_SUM
#define kernelOfSVDF Register_SVDF
#define kernelOfTANH Register_TANH
#define kernelOfTRANSPOSE Register_TRANSPOSE
#define kernelOfTRANSPOSE_CONV Register_TRANSPOSE_CONV
#define kernelOfUNIDIRECTIONAL_SEQUENCE_LSTM Register_UNIDIRECTIONAL_SEQUENCE_LSTM
#define kernelOfUNPACK Register_UNPACK
#define kernelOfVAR_HANDLE Register_VAR_HANDLE
#define kernelOfWHILE Register_WHILE
#define kernelOfZEROS_LIKE Register_ZEROS_LIKE
#define kernelOfCIRCULAR_BUFFER Register_CIRCULAR_BUFFER
#define kernelOfSignalDelay tflm_signal::Register_DELAY
#define kernelOfSignalEnergy tflm_signal::Register_ENERGY
#define kernelOfSignalFftAutoScale tflm_signal::Register_FFT_AUTO_SCALE
#define kernelOfSignalFilterBank tflm_signal::Register_FILTER_BANK
#define kernelOfSignalFilterBankLog tflm_signal::Register_FILTER_BANK_LOG
#define kernelOfSignalFilterBankSpectralSubtraction tflm_signal::Register_FILTER_BANK_SPECTRAL_SUBTRACTION
#define kernelOfSignalFilterBankSquareRoot tflm_signal::Register_FILTER_BANK_SQUARE_ROOT
#define kernelOfSignalFramer tflm_signal::Register_FRAMER
#define kernelOfSignalIrfft tflm_signal::Register_IRFFT
#define kernelOfSignalOverlapAdd tflm_signal::Register_OVERLAP_ADD
#define kernelOfSignalPCAN tflm_signal::Register_PCAN
#define kernelOfSignalRfft tflm_signal::Register_RFFT
#define kernelOfSignalStacker tflm_signal::Register_STACKER
#define kernelOfSignalWindow tflm_signal::Register_WINDOW
#define kernelOfTFLM_DECODE Register_DECODE
#define kernelOfTFLite_Detection_PostProcess Register_DETECTION_POSTPROCESS

/* The inputs without which a kernel refuses an operator or reads at address 0, as bits; 0xFFFFFFFF: all that are named, and one. */
#define inputsOfABS 0x1
#define inputsOfADD 0x3
#define inputsOfADD_N 0xFFFFFFFF
#define inputsOfARG_MAX 0x3
#define inputsOfARG_MIN 0x3
#define inputsOfASSIGN_VARIABLE 0x3
#define inputsOfAVERAGE_POOL_2D 0x1
#define inputsOfBATCH_MATMUL 0x3
#define inputsOfBATCH_TO_SPACE_ND 0x7
#define inputsOfBROADCAST_ARGS 0x3
#define inputsOfBROADCAST_TO 0x3
#define inputsOfCALL_ONCE 0x0
#define inputsOfCAST 0x1
#define inputsOfCEIL 0x1
#define inputsOfCONCATENATION 0xFFFFFFFF
#define inputsOfCONV_2D 0x3
#define inputsOfCOS 0x1
#define inputsOfCUMSUM 0x3
#define inputsOfDEPTHWISE_CONV_2D 0x7
#define inputsOfDEPTH_TO_SPACE 0x1
#define inputsOfDEQUANTIZE 0x1
#define inputsOfDIV 0x3
#define inputsOfDYNAMIC_UPDATE_SLICE 0x7
#define inputsOfELU 0x1
#define inputsOfEMBEDDING_LOOKUP 0x3
#define inputsOfEQUAL 0x3
#define inputsOfEXP 0x1
#define inputsOfEXPAND_DIMS 0x3
#define inputsOfFILL 0x3
#define inputsOfFLOOR 0x1
#define inputsOfFLOOR_DIV 0x3
#define inputsOfFLOOR_MOD 0x3
#define inputsOfFULLY_CONNECTED 0x3
#define inputsOfGATHER 0x3
#define inputsOfGATHER_ND 0x3
#define inputsOfGREATER 0x3
#define inputsOfGREATER_EQUAL 0x3
#define inputsOfHARD_SWISH 0x1
#define inputsOfIF 0x1
#define inputsOfL2_NORMALIZATION 0x1
#define inputsOfL2_POOL_2D 0x1
#define inputsOfLEAKY_RELU 0x1
#define inputsOfLESS 0x3
#define inputsOfLESS_EQUAL 0x3
#define inputsOfLOG 0x1
#define inputsOfLOGICAL_AND 0x3
#define inputsOfLOGICAL_NOT 0x1
#define inputsOfLOGICAL_OR 0x3
#define inputsOfLOGISTIC 0x1
#define inputsOfLOG_SOFTMAX 0x1
#define inputsOfMAXIMUM 0x3
#define inputsOfMAX_POOL_2D 0x1
#define inputsOfMEAN 0x3
#define inputsOfMINIMUM 0x3
#define inputsOfMIRROR_PAD 0x3
#define inputsOfMUL 0x3
#define inputsOfNEG 0x1
#define inputsOfNOT_EQUAL 0x3
#define inputsOfPACK 0xFFFFFFFF
#define inputsOfPAD 0x3
#define inputsOfPADV2 0x3
#define inputsOfPRELU 0x3
#define inputsOfQUANTIZE 0x1
#define inputsOfREAD_VARIABLE 0x1
#define inputsOfREDUCE_ALL 0x3
#define inputsOfREDUCE_MAX 0x3
#define inputsOfREDUCE_MIN 0x3
#define inputsOfRELU 0x1
#define inputsOfRELU6 0x1
#define inputsOfRESHAPE 0x1
#define inputsOfRESIZE_BILINEAR 0x3
#define inputsOfRESIZE_NEAREST_NEIGHBOR 0x3
#define inputsOfREVERSE_V2 0x3
#define inputsOfROUND 0x1
#define inputsOfRSQRT 0x1
#define inputsOfSELECT_V2 0x7
#define inputsOfSHAPE 0x1
#define inputsOfSIN 0x1
#define inputsOfSLICE 0x7
#define inputsOfSOFTMAX 0x1
#define inputsOfSPACE_TO_BATCH_ND 0x7
#define inputsOfSPACE_TO_DEPTH 0x1
#define inputsOfSPLIT 0x3
#define inputsOfSPLIT_V 0x5
#define inputsOfSQRT 0x1
#define inputsOfSQUARE 0x1
#define inputsOfSQUARED_DIFFERENCE 0x3
#define inputsOfSQUEEZE 0x1
#define inputsOfSTRIDED_SLICE 0xf
#define inputsOfSUB 0x3
#define inputsOfSUM 0x3
#define inputsOfSVDF 0x1f
#define inputsOfTANH 0x1
#define inputsOfTRANSPOSE 0x3
#define inputsOfTRANSPOSE_CONV 0x6
#define inputsOfUNIDIRECTIONAL_SEQUENCE_LSTM 0xcf1ff
#define inputsOfUNPACK 0x1
#define inputsOfVAR_HANDLE 0x0
#define inputsOfWHILE 0x1
#define inputsOfZEROS_LIKE 0x1
#define inputsOfCIRCULAR_BUFFER 0
#define inputsOfSignalDelay 0
#define inputsOfSignalEnergy 0
#define inputsOfSignalFftAutoScale 0
#define inputsOfSignalFilterBank 0
#define inputsOfSignalFilterBankLog 0
#define inputsOfSignalFilterBankSpectralSubtraction 0
#define inputsOfSignalFilterBankSquareRoot 0
#define inputsOfSignalFramer 0
#define inputsOfSignalIrfft 0
#define inputsOfSignalOverlapAdd 0
#define inputsOfSignalPCAN 0
#define inputsOfSignalRfft 0
#define inputsOfSignalStacker 0
#define inputsOfSignalWindow 0
#define inputsOfTFLM_DECODE 0
#define inputsOfTFLite_Detection_PostProcess 0

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

/* Its custom ones. */
#define TFLM_CUSTOM_OPERATORS \
	OPERATOR(CIRCULAR_BUFFER) \
	OPERATOR(SignalDelay) \
	OPERATOR(SignalEnergy) \
	OPERATOR(SignalFftAutoScale) \
	OPERATOR(SignalFilterBank) \
	OPERATOR(SignalFilterBankLog) \
	OPERATOR(SignalFilterBankSpectralSubtraction) \
	OPERATOR(SignalFilterBankSquareRoot) \
	OPERATOR(SignalFramer) \
	OPERATOR(SignalIrfft) \
	OPERATOR(SignalOverlapAdd) \
	OPERATOR(SignalPCAN) \
	OPERATOR(SignalRfft) \
	OPERATOR(SignalStacker) \
	OPERATOR(SignalWindow) \
	OPERATOR(TFLM_DECODE) \
	OPERATOR(TFLite_Detection_PostProcess)

/* Those that read their options wherever they are. */
#define operatorsWithCustomOptions(each) each(SignalDelay) each(SignalEnergy) each(SignalFilterBank) each(SignalFilterBankLog) each(SignalFilterBankSpectralSubtraction) each(SignalFramer) each(SignalIrfft) each(SignalOverlapAdd) each(SignalPCAN) each(SignalRfft) each(SignalStacker) each(SignalWindow) each(TFLite_Detection_PostProcess)

#define BuiltinOperator_CIRCULAR_BUFFER BuiltinOperator_CUSTOM
#define BuiltinOperator_SignalDelay BuiltinOperator_CUSTOM
#define BuiltinOperator_SignalEnergy BuiltinOperator_CUSTOM
#define BuiltinOperator_SignalFftAutoScale BuiltinOperator_CUSTOM
#define BuiltinOperator_SignalFilterBank BuiltinOperator_CUSTOM
#define BuiltinOperator_SignalFilterBankLog BuiltinOperator_CUSTOM
#define BuiltinOperator_SignalFilterBankSpectralSubtraction BuiltinOperator_CUSTOM
#define BuiltinOperator_SignalFilterBankSquareRoot BuiltinOperator_CUSTOM
#define BuiltinOperator_SignalFramer BuiltinOperator_CUSTOM
#define BuiltinOperator_SignalIrfft BuiltinOperator_CUSTOM
#define BuiltinOperator_SignalOverlapAdd BuiltinOperator_CUSTOM
#define BuiltinOperator_SignalPCAN BuiltinOperator_CUSTOM
#define BuiltinOperator_SignalRfft BuiltinOperator_CUSTOM
#define BuiltinOperator_SignalStacker BuiltinOperator_CUSTOM
#define BuiltinOperator_SignalWindow BuiltinOperator_CUSTOM
#define BuiltinOperator_TFLM_DECODE BuiltinOperator_CUSTOM
#define BuiltinOperator_TFLite_Detection_PostProcess BuiltinOperator_CUSTOM

/* Operators that move nothing: their output may lie where their first input does. */
#define operatorsInPlace(each) each(EXPAND_DIMS) each(RESHAPE) each(SQUEEZE)

#endif
