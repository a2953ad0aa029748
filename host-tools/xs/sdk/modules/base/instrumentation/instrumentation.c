/* The SDK's instrumentation module: the statistics that the host program has. Indices start at 1. */
#include "host.h"

enum { slotHeap = 1, chunkHeap, keys, stack, modules, nameCount = modules };

static const char *const names[nameCount] = { "XS Slot Heap Used", "XS Chunk Heap Used", "XS Keys Used",
	"XS Stack Used", "XS Modules Loaded" };

static txInteger measure(txMachine *the, txInteger what) {
	HostMemory memory;
	hostMemoryMeasure(the, &memory);
	switch (what) {
	case slotHeap:
		return memory.slotBytes;
	case chunkHeap:
		return memory.chunkBytes;
	case keys:
		return (txInteger)(the->keyIndex - the->keyOffset);
	case stack:
		return (txInteger)(the->stackTop - the->stack) * 16;
	default:
		return hostModulesLoaded;
	}
}

static void integer(txMachine *the, txInteger value) {
	mxResult->kind = XS_INTEGER_KIND;
	mxResult->value.integer = value;
}

void xs_instrumentation_get(txMachine *the) {
	txInteger what = hostArgc(the) ? fxToInteger(the, mxArgv(0)) : 0;
	if (what >= 1 && what <= nameCount)
		integer(the, measure(the, what));
}

void xs_instrumentation_map(txMachine *the) {
	txString name = fxToString(the, mxArgv(0));
	txInteger i;
	for (i = 0; i < nameCount; i++) {
		if (!strcmp(names[i], name))
			integer(the, i + 1);
	}
}

void xs_instrumentation_name(txMachine *the) {
	txInteger what = hostArgc(the) ? fxToInteger(the, mxArgv(0)) : 0;
	if (what < 1 || what > nameCount)
		return;
	mxPushStringC((txString)names[what - 1]);
	mxPullSlot(mxResult);
}
