#pragma once

#include "tensorflow/lite/c/common.h"

namespace tflite {

size_t AlignSizeUp(size_t size, size_t alignment);
TfLiteStatus TfLiteTypeSizeOf(TfLiteType type, size_t *size);

} // namespace tflite
