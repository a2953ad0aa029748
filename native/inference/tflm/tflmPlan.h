/* The offline memory plan of a model file: metadata OfflineMemoryAllocation, int32s [version, subgraph, n, n offsets]. */
#ifndef LOAM_TFLM_PLAN_H
#define LOAM_TFLM_PLAN_H

#include "tensorflow/lite/schema/schema_generated.h"

namespace loam {

/*
 * TensorFlow Lite Micro does not check the offsets. So they are checked here: version 1, one for each tensor of
 * subgraph 0, each -1 (TensorFlow Lite Micro plans it) or a multiple of 16, and no overlap of live tensors, except
 * the input and output of a RESHAPE, SQUEEZE or EXPAND_DIMS in place.
 * The model's indices are already checked. Returns nullptr when there is no plan or a valid one, else the error: a format for two longs.
 */
const char *wrongPlan(const tflite::Model *model, long *first, long *second);

} // namespace loam

#endif
