/* What the tflm backend says of itself besides backend.h. */
#ifndef LOAM_TFLM_H
#define LOAM_TFLM_H

#include "../backend.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Bytes of arena that TensorFlow Lite Micro needs without the shim: the interpreter and the table of kernels are elsewhere, its allocator and its
 * planner, which the shim has with the interpreter, in the arena.
 */
size_t tflmArenaNeeded(const Inference *inference);

#ifdef __cplusplus
}
#endif

#endif
