#pragma once

#include <cstddef>
#include <cstdint>

enum TfLiteStatus { kTfLiteOk, kTfLiteError };
enum TfLiteType { kTfLiteNoType, kTfLiteResource = 14 };

struct TfLiteIntArray {
	int size;
	int data[1];
};

union TfLitePtrUnion {
	void *data;
};

struct TfLiteTensor {
	TfLiteType type;
	TfLitePtrUnion data;
	TfLiteIntArray *dims;
};

struct TfLiteEvalTensor {
	TfLitePtrUnion data;
	TfLiteIntArray *dims;
	TfLiteType type;
};

struct TfLiteContext {
	void *impl_;
	TfLiteEvalTensor *(*GetEvalTensor)(const TfLiteContext *context, int index);
};
