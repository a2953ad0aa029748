#include "tflmConfig.h"

#include "tflmStops.h"

namespace loam {

using namespace tflite;

namespace {

/* An operator's tensors as its kernel sees them: 0 where a number is not there. */
class Node {
public:
	Node(const SubGraph *graph, const Operator *node) : graph_(graph), node_(node) {
	}

	uint32_t inputs() const {
		return node_->inputs()->size();
	}
	const Tensor *input(uint32_t i) const {
		const int32_t index = i < inputs() ? node_->inputs()->Get(i) : -1;
		return index < 0 ? nullptr : graph_->tensors()->Get(static_cast<uint32_t>(index));
	}
	const Tensor *output() const {
		return graph_->tensors()->Get(static_cast<uint32_t>(node_->outputs()->Get(0)));
	}
	bool is(uint32_t i, TensorType type) const {
		return input(i) && input(i)->type() == type;
	}

private:
	const SubGraph *graph_;
	const Operator *node_;
};

bool hasScales(const Tensor *tensor) {
	const QuantizationParameters *quantization = tensor ? tensor->quantization() : nullptr;
	return quantization && quantization->scale() && quantization->zero_point() && quantization->scale()->size() > 0 &&
		quantization->zero_point()->size() > 0;
}

double scaleOf(const Tensor *tensor, uint32_t channel = 0) {
	return hasScales(tensor) ? static_cast<double>(tensor->quantization()->scale()->Get(channel)) : 0;
}

uint32_t scalesOf(const Tensor *tensor) {
	return hasScales(tensor) ? tensor->quantization()->scale()->size() : 1;
}

int64_t zeroOf(const Tensor *tensor) {
	return hasScales(tensor) ? tensor->quantization()->zero_point()->Get(0) : 0;
}

int32_t lastSize(const Tensor *tensor) {
	const auto *shape = tensor ? tensor->shape() : nullptr;
	return shape && shape->size() > 0 ? shape->Get(shape->size() - 1) : 0;
}

constexpr const char *weightsZero = "its weights have a zero point other than 0";
constexpr const char *wrongZero = "a zero point is none of its type's numbers";
constexpr const char *wrongScales = "its scales are 0, or too far apart";

/* Of sums, with the output's factor (of `shift` bits), and of squared differences, without. */
const char *wrongSum(const Node &node, uint32_t count, int shift) {
	double most = 0;
	for (uint32_t i = 0; i < count; i++) {
		if (!(scaleOf(node.input(i)) > 0))
			return wrongScales;
		most = scaleOf(node.input(i)) > most ? scaleOf(node.input(i)) : most;
	}
	return shift > 0 && !(2 * most < (1 << shift) * scaleOf(node.output())) ? wrongScales : nullptr;
}

/* A layer of int16: its sums of 64 bits take factors below 2^7. */
const char *wrongLayer(const Node &node, uint32_t data, uint32_t weights) {
	if (!node.is(data, TensorType_INT16))
		return nullptr;
	for (uint32_t c = 0; c < scalesOf(node.input(weights)); c++) {
		const double product = scaleOf(node.input(data)) * scaleOf(node.input(weights), c);
		if (product > 0 && !(product < 128 * scaleOf(node.output())))
			return wrongScales;
	}
	return nullptr;
}

const char *wrongZeros(const Node &node, uint32_t count) {
	for (uint32_t i = 0; i < count; i++) {
		const int64_t zero = zeroOf(node.input(i));
		if ((node.is(i, TensorType_INT8) && (zero < -128 || zero > 127)) ||
			(node.is(i, TensorType_INT16) && (zero <= -32767 || zero >= 32767)))
			return wrongZero;
	}
	return nullptr;
}

const char *wrongWeights(const Node &node, uint32_t first, uint32_t last) {
	for (uint32_t i = first; i <= last; i++)
		if (!node.is(i, TensorType_FLOAT32) && zeroOf(node.input(i)) != 0)
			return weightsZero;
	return nullptr;
}

/* The factor of a difference in Q5.26 must be above 1. */
const char *wrongExponent(const Node &node, double beta) {
	return node.is(0, TensorType_INT8) && !(beta * scaleOf(node.input(0)) * (1 << 26) > 1)
		? "its scale, or beta, is not positive or too small"
		: nullptr;
}

const char *wrongSigmoid(const Node &node) {
	const double scale = scaleOf(node.input(0));
	if (node.is(0, TensorType_INT8) && scale != 0 && !(scale >= 1.0 / (1ull << 59)))
		return "its input's scale is below 2^-59";
	return node.is(0, TensorType_INT16) && !(scale * 3 * 4096 < 32768) ? "its input's scale is above 2.6" : nullptr;
}

} // namespace

const char *whyItStops(const SubGraph *graph, const Operator *operation, BuiltinOperator code) {
	const Node node(graph, operation);
	const bool isInt8 = node.is(0, TensorType_INT8), isInt16 = node.is(0, TensorType_INT16);
	const char *wrong = nullptr;

	switch (code) {
	case BuiltinOperator_ADD:
	case BuiltinOperator_SUB:
		wrong = isInt8 || isInt16 ? wrongSum(node, 2, isInt8 ? 20 : 15) : nullptr;
		return wrong ? wrong : wrongZeros(node, 2);
	case BuiltinOperator_ADD_N:
	case BuiltinOperator_CUMSUM: {
		const uint32_t count = code == BuiltinOperator_ADD_N ? node.inputs() : 1;
		wrong = isInt8 ? wrongSum(node, count, 20) : nullptr;
		return wrong ? wrong : wrongZeros(node, count);
	}
	case BuiltinOperator_SQUARED_DIFFERENCE:
		return isInt8 || isInt16 ? wrongSum(node, 2, 0) : nullptr;
	case BuiltinOperator_DIV:
		return wrongZeros(node, 2);
	case BuiltinOperator_L2_NORMALIZATION:
		return wrongZeros(node, 1);
	case BuiltinOperator_EQUAL:
	case BuiltinOperator_NOT_EQUAL:
	case BuiltinOperator_LESS:
	case BuiltinOperator_LESS_EQUAL:
	case BuiltinOperator_GREATER:
	case BuiltinOperator_GREATER_EQUAL:
		for (uint32_t i = 0; isInt8 && i < 2; i++)
			if (!(scaleOf(node.input(i)) > 0 && scaleOf(node.input(i)) < 1))
				return "a scale is 0, or 1 or more";
		return nullptr;
	case BuiltinOperator_SOFTMAX: {
		const auto *options = operation->builtin_options_as_SoftmaxOptions();
		return wrongExponent(node, options ? static_cast<double>(options->beta()) : 0);
	}
	case BuiltinOperator_LOG_SOFTMAX:
		return wrongExponent(node, 1);
	case BuiltinOperator_LOGISTIC:
	case BuiltinOperator_TANH:
		return wrongSigmoid(node);
	case BuiltinOperator_FULLY_CONNECTED:
		wrong = wrongWeights(node, 1, 1);
		return wrong ? wrong : wrongLayer(node, 0, 1);
	case BuiltinOperator_CONV_2D:
	case BuiltinOperator_BATCH_MATMUL:
		return wrongLayer(node, 0, 1);
	case BuiltinOperator_TRANSPOSE_CONV:
		return wrongLayer(node, 2, 1);
	case BuiltinOperator_DEPTHWISE_CONV_2D: {
		const auto *options = operation->builtin_options_as_DepthwiseConv2DOptions();
		const int64_t multiplier = options ? options->depth_multiplier() : 0;
		return multiplier * lastSize(node.input(0)) != lastSize(node.output())
			? "its depth multiplier does not make its output's channels"
			: wrongLayer(node, 0, 1);
	}
	case BuiltinOperator_UNIDIRECTIONAL_SEQUENCE_LSTM: {
		const auto *options = operation->builtin_options_as_UnidirectionalSequenceLSTMOptions();
		return options && options->fused_activation_function() == ActivationFunctionType_TANH
			? wrongWeights(node, 1, 8)
			: "its activation is not TANH";
	}
	case BuiltinOperator_SVDF: {
		const auto *options = operation->builtin_options_as_SVDFOptions();
		return options && options->rank() > 0 ? nullptr : "its rank is not positive";
	}
	case BuiltinOperator_SPACE_TO_DEPTH: {
		const auto *options = operation->builtin_options_as_SpaceToDepthOptions();
		return options && options->block_size() > 0 ? nullptr : "its block is not positive";
	}
	case BuiltinOperator_PACK: {
		const auto *options = operation->builtin_options_as_PackOptions();
		return options && options->values_count() == static_cast<int32_t>(node.inputs())
			? nullptr
			: "it has another number of inputs than its options say";
	}
	case BuiltinOperator_UNPACK: {
		const auto *options = operation->builtin_options_as_UnpackOptions();
		return options && options->num() == static_cast<int32_t>(operation->outputs()->size())
			? nullptr
			: "it has another number of outputs than its options say";
	}
	default:
		return nullptr;
	}
}

} // namespace loam
