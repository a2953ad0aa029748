/*
 * Runs a model on given inputs and writes the results as lines of text. The platform below it (this machine, or the emulated
 * board) provides a counter and an output for the text.
 */
#ifndef LOAM_HARNESS_H
#define LOAM_HARNESS_H

#include "backend.h"

typedef struct {
	const uint8_t *model;
	uint32_t modelBytes;
	uint8_t *arena;
	uint32_t arenaBytes;
	const uint8_t *inputs; /* runs * inputBytes: all input tensors of a run, one after the other */
	uint32_t inputBytes;
	uint32_t runs;
	uint32_t external; /* bit i: input i is read where it is in `inputs` */
	uint32_t trace;    /* 1: also a line per operator, from a separate run */
} HarnessRequest;

/* Instructions retired on the board, nanoseconds on the host. */
uint64_t harnessCounter(void);
void harnessPut(char letter);

/* Bytes of arena; inferenceArenaUsed unless a program defines it otherwise. */
size_t harnessArena(const Inference *inference);

/*
 * "error STATUS OPERATOR TENSOR NEEDED GIVEN TEXT", or "arena BYTES", "load COUNT" and for each run "run COUNT",
 * "output HEX" for each output tensor, and "operator INDEX CODE COUNT HASH" when traced.
 */
void harnessRun(const HarnessRequest *request);

#endif
