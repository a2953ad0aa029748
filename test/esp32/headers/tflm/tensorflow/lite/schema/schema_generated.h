// Of TensorFlow Lite's schema, as flatc compiles it: what native/inference/tflm uses. Its BuiltinOperator has those of
// TensorFlow Lite Micro, with numbers of its own.
#pragma once

#include "flatbuffers/flatbuffers.h"
#include "native/inference/tflm/tflmParsers.h"

namespace tflite {

enum TensorType : int8_t {
	TensorType_FLOAT32 = 0,
	TensorType_FLOAT16 = 1,
	TensorType_INT32 = 2,
	TensorType_INT64 = 4,
	TensorType_INT16 = 7,
	TensorType_COMPLEX64 = 8,
	TensorType_INT8 = 9,
	TensorType_FLOAT64 = 10,
	TensorType_UINT64 = 12,
	TensorType_UINT32 = 15,
	TensorType_UINT16 = 16,
	TensorType_INT4 = 17,
};

enum ActivationFunctionType : int8_t { ActivationFunctionType_TANH = 4 };

enum BuiltinOperator : int32_t {
#define OPERATOR(name) BuiltinOperator_##name,
	TFLM_ALL_OPERATORS
#undef OPERATOR
		BuiltinOperator_CUSTOM
};

template <class T> using List = flatbuffers::Vector<flatbuffers::Offset<T>>;

struct QuantizationParameters : flatbuffers::Table {
	const flatbuffers::Vector<float> *scale() const {
		return field<const flatbuffers::Vector<float> *>(0);
	}
	const flatbuffers::Vector<int64_t> *zero_point() const {
		return field<const flatbuffers::Vector<int64_t> *>(1);
	}
};

struct Tensor : flatbuffers::Table {
	const flatbuffers::Vector<int32_t> *shape() const {
		return field<const flatbuffers::Vector<int32_t> *>(0);
	}
	TensorType type() const {
		return field<TensorType>(1);
	}
	uint32_t buffer() const {
		return field<uint32_t>(2);
	}
	const QuantizationParameters *quantization() const {
		return field<const QuantizationParameters *>(3);
	}
};

struct CallOnceOptions : flatbuffers::Table {
	int32_t init_subgraph_index() const {
		return field<int32_t>(0);
	}
};

struct IfOptions : flatbuffers::Table {
	int32_t then_subgraph_index() const {
		return field<int32_t>(0);
	}
	int32_t else_subgraph_index() const {
		return field<int32_t>(1);
	}
};

struct WhileOptions : flatbuffers::Table {
	int32_t cond_subgraph_index() const {
		return field<int32_t>(0);
	}
	int32_t body_subgraph_index() const {
		return field<int32_t>(1);
	}
};

struct VarHandleOptions : flatbuffers::Table {
	const flatbuffers::String *container() const {
		return field<const flatbuffers::String *>(0);
	}
	const flatbuffers::String *shared_name() const {
		return field<const flatbuffers::String *>(1);
	}
};

struct SoftmaxOptions : flatbuffers::Table {
	float beta() const {
		return field<float>(0);
	}
};

struct DepthwiseConv2DOptions : flatbuffers::Table {
	int32_t depth_multiplier() const {
		return field<int32_t>(0);
	}
};

struct UnidirectionalSequenceLSTMOptions : flatbuffers::Table {
	ActivationFunctionType fused_activation_function() const {
		return field<ActivationFunctionType>(0);
	}
};

struct SVDFOptions : flatbuffers::Table {
	int32_t rank() const {
		return field<int32_t>(0);
	}
};

struct SpaceToDepthOptions : flatbuffers::Table {
	int32_t block_size() const {
		return field<int32_t>(0);
	}
};

struct PackOptions : flatbuffers::Table {
	int32_t values_count() const {
		return field<int32_t>(0);
	}
};

struct UnpackOptions : flatbuffers::Table {
	int32_t num() const {
		return field<int32_t>(0);
	}
};

struct Operator : flatbuffers::Table {
	uint32_t opcode_index() const {
		return field<uint32_t>(0);
	}
	const flatbuffers::Vector<int32_t> *inputs() const {
		return field<const flatbuffers::Vector<int32_t> *>(1);
	}
	const flatbuffers::Vector<int32_t> *outputs() const {
		return field<const flatbuffers::Vector<int32_t> *>(2);
	}
	const flatbuffers::Vector<uint8_t> *custom_options() const {
		return field<const flatbuffers::Vector<uint8_t> *>(5);
	}
	const CallOnceOptions *builtin_options_as_CallOnceOptions() const {
		return field<const CallOnceOptions *>(3);
	}
	const IfOptions *builtin_options_as_IfOptions() const {
		return field<const IfOptions *>(3);
	}
	const WhileOptions *builtin_options_as_WhileOptions() const {
		return field<const WhileOptions *>(3);
	}
	const VarHandleOptions *builtin_options_as_VarHandleOptions() const {
		return field<const VarHandleOptions *>(3);
	}
	const SoftmaxOptions *builtin_options_as_SoftmaxOptions() const {
		return field<const SoftmaxOptions *>(3);
	}
	const DepthwiseConv2DOptions *builtin_options_as_DepthwiseConv2DOptions() const {
		return field<const DepthwiseConv2DOptions *>(3);
	}
	const UnidirectionalSequenceLSTMOptions *builtin_options_as_UnidirectionalSequenceLSTMOptions() const {
		return field<const UnidirectionalSequenceLSTMOptions *>(3);
	}
	const SVDFOptions *builtin_options_as_SVDFOptions() const {
		return field<const SVDFOptions *>(3);
	}
	const SpaceToDepthOptions *builtin_options_as_SpaceToDepthOptions() const {
		return field<const SpaceToDepthOptions *>(3);
	}
	const PackOptions *builtin_options_as_PackOptions() const {
		return field<const PackOptions *>(3);
	}
	const UnpackOptions *builtin_options_as_UnpackOptions() const {
		return field<const UnpackOptions *>(3);
	}
};

struct OperatorCode : flatbuffers::Table {
	BuiltinOperator builtin_code() const {
		return field<BuiltinOperator>(0);
	}
	const flatbuffers::String *custom_code() const {
		return field<const flatbuffers::String *>(1);
	}
};

struct Buffer : flatbuffers::Table {
	const flatbuffers::Vector<uint8_t> *data() const {
		return field<const flatbuffers::Vector<uint8_t> *>(0);
	}
};

struct Metadata : flatbuffers::Table {
	const flatbuffers::String *name() const {
		return field<const flatbuffers::String *>(0);
	}
	uint32_t buffer() const {
		return field<uint32_t>(1);
	}
};

struct SubGraph : flatbuffers::Table {
	const List<Tensor> *tensors() const {
		return field<const List<Tensor> *>(0);
	}
	const List<Operator> *operators() const {
		return field<const List<Operator> *>(1);
	}
	const flatbuffers::Vector<int32_t> *inputs() const {
		return field<const flatbuffers::Vector<int32_t> *>(2);
	}
	const flatbuffers::Vector<int32_t> *outputs() const {
		return field<const flatbuffers::Vector<int32_t> *>(3);
	}
};

struct Model : flatbuffers::Table {
	uint32_t version() const {
		return field<uint32_t>(0);
	}
	const List<SubGraph> *subgraphs() const {
		return field<const List<SubGraph> *>(1);
	}
	const List<OperatorCode> *operator_codes() const {
		return field<const List<OperatorCode> *>(2);
	}
	const List<Buffer> *buffers() const {
		return field<const List<Buffer> *>(3);
	}
	const List<Metadata> *metadata() const {
		return field<const List<Metadata> *>(4);
	}
};

inline const Model *GetModel(const void *bytes) {
	return static_cast<const Model *>(bytes);
}

inline bool VerifyModelBuffer(flatbuffers::Verifier &verifier) {
	return verifier.check();
}

} // namespace tflite
