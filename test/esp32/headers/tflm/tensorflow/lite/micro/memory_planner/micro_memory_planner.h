#pragma once

#include "tensorflow/lite/c/common.h"

namespace tflite {

class MicroMemoryPlanner {
public:
	virtual ~MicroMemoryPlanner() {
	}
	virtual TfLiteStatus AddBuffer(int size, int first, int last) = 0;
	virtual TfLiteStatus AddBuffer(int, int, int, int) {
		return kTfLiteError;
	}
	virtual size_t GetMaximumMemorySize() = 0;
	virtual int GetBufferCount() = 0;
	virtual TfLiteStatus GetOffsetForBuffer(int buffer, int *offset) = 0;
	virtual TfLiteStatus Init(unsigned char *, int) {
		return kTfLiteOk;
	}
	virtual bool preserves_all_tensors() const = 0;
	virtual void PrintMemoryPlan() {
	}
};

} // namespace tflite
