#pragma once

#include "tensorflow/lite/c/common.h"

namespace tflite {

class MicroGraph {};

class MicroInterpreterGraph : public MicroGraph {
public:
	int GetCurrentOperatorIndex() {
		return current_;
	}

private:
	int current_;
};

} // namespace tflite
