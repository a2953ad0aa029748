#pragma once

#include "tensorflow/lite/c/common.h"

namespace tflite {

class MicroGraph {};

class MicroInterpreterGraph : public MicroGraph {
public:
	int GetCurrentOperatorIndex() {
		return current_;
	}
	virtual TfLiteStatus InvokeSubgraph(int subgraph);
	int GetCurrentSubgraphIndex() {
		return subgraph_;
	}

private:
	int current_;
	int subgraph_;
};

} // namespace tflite
