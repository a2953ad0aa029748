/* What the chip's instructions were for, in all runs until the emulator ends: the host program's costs are made of that. */
#ifndef LOAM_WORLD_COSTS_H
#define LOAM_WORLD_COSTS_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

typedef enum {
	COST_START,   /* without script, from a reset to the end of the first turn */
	COST_OUTSIDE, /* without script later: event loop and radio driver */
	COST_GARBAGE,
	COST_CODE, /* byte code; of the one that was last said */
	COST_KINDS
} Cost;

void worldCost(Cost kind, uint64_t instructions);
void worldCostByteCode(unsigned code);
/* A built-in function or native, by the address of its code: it is called with a text of that many bytes; it gives one; it has run. */
void worldCostCall(uintptr_t callback, size_t bytes);
void worldCostResult(uintptr_t callback, size_t bytes);
void worldCostOfCall(uintptr_t callback, uint64_t instructions);
void worldCostStart(void);
void worldCostTurn(void);
void worldCostCollection(void);
/* As "costs":{...}. */
void worldCostWrite(FILE *report);

#endif
