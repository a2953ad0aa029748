/* What TensorFlow Lite Micro's kernels stop at with an assertion: a reset, on a chip. */
#ifndef LOAM_TFLM_STOPS_H
#define LOAM_TFLM_STOPS_H

#include "tensorflow/lite/schema/schema_generated.h"

namespace loam {

/*
 * What is wrong with an operator whose tensors are there, in words, or nullptr. Of scales, zero points and options; shapes that do not go together
 * and values of inputs are up to the kernels. host-tools/inference/tflmStops.ts has the same.
 */
const char *whyItStops(const tflite::SubGraph *graph, const tflite::Operator *node, tflite::BuiltinOperator code);

} // namespace loam

#endif
