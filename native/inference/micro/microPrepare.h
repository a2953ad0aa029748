/* The prepared table: what is known before running. Its form: see microPrepare.c. */
#ifndef LOAM_MICRO_PREPARE_H
#define LOAM_MICRO_PREPARE_H

#include "micro.h"

/* Takes the model's prepared table when it is right, else makes one in the `bytes` behind what the arena's plan uses, when they are enough. */
void microPrepare(Inference *inference, uint32_t bytes);
/* A node from its place in the table, valid as from microDecodeNode. Returns the next one's place. */
const uint32_t *microPreparedNode(const Inference *inference, const uint32_t *at, MicroNode *node);
/* The same for an operator that does not run. */
const uint32_t *microPassOver(const uint32_t *at);

#endif
