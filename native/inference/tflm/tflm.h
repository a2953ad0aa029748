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

/*
 * For a program that lives on when a kernel's assertion has stopped it (a signal's handler that jumps back): fills in which operator it was.
 * @param arena what inferenceLoad was called with, all 0 before that
 */
void tflmStopped(const uint8_t *arena, InferenceError *error);

#ifdef __cplusplus
}
#endif

#endif
