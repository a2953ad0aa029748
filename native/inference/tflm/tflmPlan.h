/* The plan of the arena that a file may carry: metadata OfflineMemoryAllocation, int32s [version, subgraph, n, n offsets]. */
#ifndef LOAM_TFLM_PLAN_H
#define LOAM_TFLM_PLAN_H

#include "tensorflow/lite/schema/schema_generated.h"

namespace loam {

/*
 * TensorFlow Lite Micro takes the offsets as they are, and writes wherever they point. So they are checked: version 1, one for each tensor of
 * subgraph 0, each -1 (TensorFlow Lite Micro plans it) or a multiple of 16, and no two tensors in one place while both are needed, but
 * those that a RESHAPE, SQUEEZE or EXPAND_DIMS leaves where they are.
 * The model's indices are known to be good. Returns nullptr when there is no plan or a good one, else what is wrong: a format for two longs.
 */
const char *wrongPlan(const tflite::Model *model, long *first, long *second);

} // namespace loam

#endif
