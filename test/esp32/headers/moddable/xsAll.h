/* What xsAll.h of XS declares, as far as our C uses it. */
#ifndef STAND_IN_XS_ALL_H
#define STAND_IN_XS_ALL_H

#include <stdint.h>

typedef int32_t txSize;
typedef struct sxSlot txSlot;
typedef struct sxMachine txMachine;

struct sxSlot {
	uint32_t words[4];
};

struct sxMachine {
	txSlot *stack;
	txSlot *stackBottom;
	txSlot *stackTop;
	txSize peakChunksSize;
	txSize peakHeapCount;
};

#endif
