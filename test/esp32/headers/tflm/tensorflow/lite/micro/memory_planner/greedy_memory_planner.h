#pragma once

#include "tensorflow/lite/micro/compatibility.h"
#include "tensorflow/lite/micro/memory_planner/micro_memory_planner.h"

namespace tflite {

class GreedyMemoryPlanner : public MicroMemoryPlanner {
public:
	GreedyMemoryPlanner();
	~GreedyMemoryPlanner() override;
	TfLiteStatus Init(unsigned char *scratch, int size) override;
	TfLiteStatus AddBuffer(int size, int first, int last) override;
	TfLiteStatus AddBuffer(int size, int first, int last, int offset) override;
	size_t GetMaximumMemorySize() override;
	int GetBufferCount() override;
	TfLiteStatus GetOffsetForBuffer(int buffer, int *offset) override;
	void PrintMemoryPlan() override;
	static size_t per_buffer_size() {
		return sizeof(int);
	}
	bool preserves_all_tensors() const override {
		return false;
	}

	TF_LITE_REMOVE_VIRTUAL_DELETE
};

} // namespace tflite
