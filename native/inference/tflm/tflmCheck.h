/* Checks a model file before TensorFlow Lite Micro sees it, and fills in errors. */
#ifndef LOAM_TFLM_CHECK_H
#define LOAM_TFLM_CHECK_H

#include <cstddef>
#include <cstdint>

#include "../backend.h"
#include "tensorflow/lite/schema/schema_generated.h"

namespace loam {

/* Fills in the error's status and text, and returns the status; the error may be nullptr. */
InferenceStatus fail(InferenceError *error, InferenceStatus status, const char *format, ...);

/* Structure, version, indices and operators of a model; not its offline memory plan (tflmPlan.h). */
InferenceStatus checkModel(const uint8_t *bytes, size_t count, InferenceError *error);

/* How many variables a checked model has at most: its VAR_HANDLEs. */
uint32_t countVariables(const tflite::Model *model);

} // namespace loam

#endif
