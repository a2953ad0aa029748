#include "xsmc.h"
#include "mc.xs.h"
#include "memoryHal.h"

void xs_memory_start(xsMachine *the) {
	memoryHalStart(the);
}

/* bytes */
void xs_memory_heap(xsMachine *the) {
	xsmcSetInteger(xsResult, (xsIntegerValue)memoryHalHeapPeak(the));
}

/* slots */
void xs_memory_stack(xsMachine *the) {
	xsmcSetInteger(xsResult, (xsIntegerValue)memoryHalStackPeak(the));
}
