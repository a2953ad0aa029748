/*
 * XS's memory, as the SDK lays it out on the ESP32: one block of the size in the manifest, chunks from its beginning up, slots from its
 * end down.
 */
#include "chip.h"

/* Of the node's machine. */
static HostHeap nodeHeap;
static int isLinking;

static HostHeap *heapOf(txMachine *the) {
	return the->script ? &the->script->heap : &nodeHeap;
}

int chipHeapOpen(HostHeap *heap, txSize bytes) {
	heap->chunkBase = heap->from = malloc((size_t)bytes);
	heap->to = heap->from ? heap->from + bytes : NULL;
	return heap->from != NULL;
}

void chipMemoryStart(txSize bytes) {
	if (!chipHeapOpen(&nodeHeap, bytes)) {
		fprintf(stderr, "RAM has no room for the %d bytes of XS\n", (int)bytes);
		worldExit(HOST_EXIT_RESOURCES);
	}
}

void chipMemoryLink(txByte *chunks, txSize bytes) {
	nodeHeap.from = chunks;
	nodeHeap.to = chunks + bytes;
	isLinking = 1;
}

/* The block that XS has grows, by what it lacks: XS takes the result for the place where it ends, and adds the size. */
static void *growBlock(txMachine *the, txBlock *block, txSize size) {
	HostHeap *heap = heapOf(the);
	const txSize more = size - (txSize)(block->limit - block->current);
	if (heap->to - heap->from < more)
		return NULL;
	heap->from += more;
	block->limit = heap->from - size;
	the->maximumChunksSize += more - size;
	return block->limit;
}

void *fxAllocateChunks(txMachine *the, txSize size) {
	HostHeap *heap = heapOf(the);
	txByte *result = heap->from;
	txBlock *block = the->firstBlock;
	if (block && block->limit == heap->from && !isLinking)
		return growBlock(the, block, size);
	if (heap->to - heap->from < size)
		return NULL;
	heap->from += size;
	return result;
}

void fxFreeChunks(txMachine *the, void *chunks) {
	(void)the;
	(void)chunks;
}

/* Gives back what chunks do not use at the end of their block. */
static void shrinkChunks(txMachine *the, txSize need) {
	HostHeap *heap = heapOf(the);
	txBlock *block;
	fxCollect(the, XS_COMPACT_FLAG | XS_ORGANIC_FLAG);
	block = the->firstBlock;
	if (!block || block->limit != heap->from || block->limit - block->current < need)
		return;
	block->limit -= need;
	the->maximumChunksSize -= need;
	heap->from -= need;
}

txSlot *fxAllocateSlots(txMachine *the, txSize count) {
	HostHeap *heap = heapOf(the);
	const txSize size = count * (txSize)sizeof(txSlot);
	if (isLinking)
		return malloc((size_t)size);
	if (heap->to - heap->from < size && the->firstBlock)
		shrinkChunks(the, size - (txSize)(heap->to - heap->from));
	if (heap->to - heap->from < size)
		return NULL;
	heap->to -= size;
	return (txSlot *)heap->to;
}

void fxFreeSlots(txMachine *the, void *slots) {
	(void)the;
	(void)slots;
}

void fxCreateMachinePlatform(txMachine *the) {
	/* Of a script machine. */
	the->script = the->context;
}

void fxDeleteMachinePlatform(txMachine *the) {
	(void)the;
}

void hostMemoryCredit(txMachine *the, txSize slots, txSize bytes) {
	(void)the;
	(void)slots;
	(void)bytes;
}

void hostMemoryCheck(txMachine *the) {
	(void)the;
}

void hostMemoryReport(txMachine *the) {
	fprintf(stderr, "  XS: %d of %d bytes of slots, %d of %d of chunks, %d of %d of stack; %d are free\n",
		(int)(the->currentHeapCount * (txSize)sizeof(txSlot)), (int)(the->maximumHeapCount * (txSize)sizeof(txSlot)),
		(int)the->currentChunksSize, (int)the->maximumChunksSize, (int)((char *)the->stackTop - (char *)the->stack),
		(int)((char *)the->stackTop - (char *)the->stackBottom), (int)(nodeHeap.to - nodeHeap.from));
}

void hostMemoryMeasure(txMachine *the, HostMemory *memory) {
	memory->slots = the->currentHeapCount;
	memory->slotBytes = memory->slots * (txSize)sizeof(txSlot);
	memory->chunkBytes = the->currentChunksSize;
	memory->total = memory->slotBytes + memory->chunkBytes + hostProgram.stackCount * (txSize)sizeof(txSlot);
}
