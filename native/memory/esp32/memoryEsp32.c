/*
 * memoryHal.h on the chip, also in a release build, which has no instrumentation. XS counts its heap in any case. The stack is filled with a
 * pattern; what has changed was used. XS's number conversion uses the far end of the stack as scratch memory: what lies beyond
 * unchanged pattern is not counted.
 */
#include <stddef.h>
#include <string.h>

#include "xsAll.h"

#include "memoryHal.h"

enum { paint = 0xA7, untouchedRun = 8 };

static txSlot *start;

void memoryHalStart(void *machine) {
	txMachine *the = machine;
	start = the->stack;
	memset(the->stackBottom, paint, (size_t)((char *)start - (char *)the->stackBottom));
}

uint32_t memoryHalHeapPeak(void *machine) {
	const txMachine *the = machine;
	return (uint32_t)(the->peakHeapCount * (txSize)sizeof(txSlot) + the->peakChunksSize);
}

static int isPainted(const txSlot *slot) {
	const unsigned char *at = (const unsigned char *)slot, *end = (const unsigned char *)(slot + 1);
	while (at < end && *at == paint)
		at++;
	return at == end;
}

uint32_t memoryHalStackPeak(void *machine) {
	const txMachine *the = machine;
	const txSlot *slot = start, *deepest = start;
	if (!start)
		return 0;
	while (slot > the->stackBottom && deepest - slot < untouchedRun) {
		if (!isPainted(--slot))
			deepest = slot;
	}
	return (uint32_t)(the->stackTop - deepest);
}
