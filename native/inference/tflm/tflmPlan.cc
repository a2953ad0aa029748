#include "tflmConfig.h"
#include "tflmParsers.h"
#include "tflmPlan.h"

#include <cstdint>
#include <cstring>
#include <initializer_list>

#include "tensorflow/compiler/mlir/lite/schema/schema_utils.h"

namespace loam {

namespace {

constexpr int64_t kAlignment = 16;

/* Buffers in the order of the operators: 0 before the first. */
struct Life {
	uint32_t first, last;
};

Life lifeOf(const tflite::SubGraph *graph, int32_t tensor) {
	const uint32_t end = graph->operators()->size();
	Life life = { UINT32_MAX, 0 };
	auto see = [&life](uint32_t scope) {
		if (life.first == UINT32_MAX)
			life.first = scope;
		life.last = scope;
	};

	for (int32_t input : *graph->inputs())
		if (input == tensor)
			see(0);
	for (uint32_t i = 0; i < end; i++)
		for (const auto *list : { graph->operators()->Get(i)->outputs(), graph->operators()->Get(i)->inputs() })
			for (int32_t each : *list)
				if (each == tensor)
					see(i + 1);
	for (int32_t output : *graph->outputs())
		if (output == tensor)
			see(end);
	return life;
}

/* Bytes in the arena, aligned; 0 for a constant, -1 when too large or without a size. */
int64_t bytesOf(const tflite::Model *model, const tflite::Tensor *tensor) {
	const auto *data = model->buffers()->Get(tensor->buffer())->data();
	int64_t bytes;

	if (data && data->size())
		return 0;
	switch (tensor->type()) {
	case tflite::TensorType_FLOAT32:
	case tflite::TensorType_INT32:
	case tflite::TensorType_UINT32:
		bytes = 4;
		break;
	case tflite::TensorType_INT64:
	case tflite::TensorType_UINT64:
	case tflite::TensorType_FLOAT64:
	case tflite::TensorType_COMPLEX64:
		bytes = 8;
		break;
	case tflite::TensorType_INT16:
	case tflite::TensorType_UINT16:
	case tflite::TensorType_FLOAT16:
		bytes = 2;
		break;
	default:
		bytes = 1;
		break;
	}
	if (tensor->shape())
		for (int32_t size : *tensor->shape()) {
			if (size < 0)
				return -1;
			bytes *= size;
			if (bytes > INT32_MAX)
				return -1;
		}
	return (bytes + kAlignment - 1) / kAlignment * kAlignment;
}

/* Whether the operator that writes `to` only reshapes `from`, which is not used afterwards. */
bool onlyReshaped(const tflite::Model *model, int32_t from, Life fromLife, int32_t to, Life toLife) {
	if (fromLife.last != toLife.first || toLife.first == 0)
		return false;
	const auto *node = model->subgraphs()->Get(0)->operators()->Get(toLife.first - 1);
	if (node->inputs()->size() == 0 || node->inputs()->Get(0) != from || node->outputs()->Get(0) != to)
		return false;
	const auto code = tflite::GetBuiltinCode(model->operator_codes()->Get(node->opcode_index()));
#define isCode(name) code == tflite::BuiltinOperator_##name ||
	return operatorsInPlace(isCode) false;
#undef isCode
}

/* Offset i, at any alignment. */
int32_t word(const uint8_t *data, uint32_t i) {
	int32_t value;

	memcpy(&value, data + 4 * i, 4);
	return value;
}

const char *wrongOffsets(const tflite::Model *model, const uint8_t *offsets, long *first, long *second) {
	const tflite::SubGraph *graph = model->subgraphs()->Get(0);
	const auto count = graph->tensors()->size();

	for (uint32_t i = 0; i < count; i++) {
		const int64_t at = word(offsets, i), bytes = bytesOf(model, graph->tensors()->Get(i));

		*first = static_cast<long>(i);
		*second = static_cast<long>(at);
		if (at < -1 || (at > 0 && at % kAlignment))
			return "OfflineMemoryAllocation: tensor %ld at %ld, -1 or a multiple of 16 expected";
		if (at >= 0 && (bytes < 0 || at + bytes > INT32_MAX))
			return "OfflineMemoryAllocation: tensor %ld at %ld ends past 2 GiB";
		if (at < 0 || bytes == 0)
			continue;
		const auto tensor = static_cast<int32_t>(i);
		const Life life = lifeOf(graph, tensor);
		for (uint32_t j = 0; j < i; j++) {
			const int64_t there = word(offsets, j), room = bytesOf(model, graph->tensors()->Get(j));

			if (there < 0 || room <= 0 || at + bytes <= there || there + room <= at)
				continue;
			const auto before = static_cast<int32_t>(j);
			const Life other = lifeOf(graph, before);
			if (life.first > other.last || other.first > life.last)
				continue;
			if (at == there && bytes == room &&
				(onlyReshaped(model, tensor, life, before, other) || onlyReshaped(model, before, other, tensor, life)))
				continue;
			*first = static_cast<long>(j);
			*second = static_cast<long>(i);
			return "OfflineMemoryAllocation: tensors %ld and %ld overlap while both are needed";
		}
	}
	return nullptr;
}

} // namespace

const char *wrongPlan(const tflite::Model *model, long *first, long *second) {
	static const char name[] = "OfflineMemoryAllocation";
	const auto count = model->subgraphs()->Get(0)->tensors()->size();

	if (!model->metadata())
		return nullptr;
	for (const tflite::Metadata *metadata : *model->metadata()) {
		if (!metadata->name() || metadata->name()->size() != sizeof name - 1 ||
			memcmp(metadata->name()->data(), name, sizeof name - 1) != 0)
			continue;
		*first = static_cast<long>(metadata->buffer());
		*second = static_cast<long>(model->buffers()->size());
		if (metadata->buffer() >= model->buffers()->size())
			return "OfflineMemoryAllocation: buffer %ld, there are %ld";
		const auto *data = model->buffers()->Get(metadata->buffer())->data();
		*first = data ? static_cast<long>(data->size()) : 0;
		*second = static_cast<long>(12 + 4 * count);
		if (*first < *second)
			return "OfflineMemoryAllocation: %ld bytes, %ld expected";
		*first = word(data->data(), 2);
		*second = static_cast<long>(count);
		if (*first != *second)
			return "OfflineMemoryAllocation: for %ld tensors, the model has %ld";
		*first = word(data->data(), 0);
		*second = word(data->data(), 1);
		if (*first != 1 || *second != 0)
			return "OfflineMemoryAllocation: version %ld for subgraph %ld, 1 and 0 expected";
		/* TensorFlow Lite Micro reads them as words. */
		*first = static_cast<long>(reinterpret_cast<uintptr_t>(data->data()) % 4);
		if (*first)
			return "OfflineMemoryAllocation: begins %ld bytes past a multiple of 4";
		if (const char *wrong = wrongOffsets(model, data->data() + 12, first, second))
			return wrong;
	}
	return nullptr;
}

} // namespace loam
