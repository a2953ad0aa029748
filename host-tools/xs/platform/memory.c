/*
 * The machine's memory, compared with the chip's size in the manifest.
 *
 * The chip has `creation.static` bytes for slots, chunks and the stack. Here a slot takes 32 bytes, on the chip 16; a chunk
 * header takes 16 bytes here, on the chip 8, and pointers and slots inside chunks are twice as big here. So use is counted in the
 * chip's bytes: slots times 16, chunks without the half of their header, tables of slots and pointers by half. Chunk
 * sizes are rounded to 8 bytes here, on the chip to 4, which is not corrected: the count errs on the safe side.
 *
 * XS never gives slots back: the chip has those of `creation.heap.initial` set aside from the start, and so they count whether they are used or not.
 *
 * The built-in objects, the modules that the manifest preloads, and the names in the program's code are in flash on the
 * chip and in the heap here. They are measured when the program is about to start, and when a module's names are added, and
 * subtracted.
 *
 * The stack is filled with a pattern when the program starts; what has changed at the end was used. XS's number conversion and regular
 * expressions use its far end as scratch memory: what lies beyond unchanged pattern is not counted.
 */
#include "host.h"
#include "clock.h"
#include "powered.h"
#include "../../../native/memory/memoryHal.h"

#include <sys/mman.h>

/* XS declares it in the file that has it. */
extern void fxGrowSlots(txMachine *the, txSize count);

enum { chipSlotBytes = 16, chunkHeaderExcess = sizeof(txChunk) - 8, paint = 0xA7, untouchedRun = 8 };

static const size_t chunkReserve = (size_t)1 << 30;

/* Of the node's machine. */
static HostHeap nodeHeap;
static txSize peakUsed;
static txSlot *stackStart;

static HostHeap *heapOf(txMachine *the) {
	return the->script ? &the->script->heap : &nodeHeap;
}

/* Those of a script's machine have their own sizes. */
static txSize initialSlots(const HostHeap *heap) {
	return heap == &nodeHeap ? hostProgram.slotInitial : 0;
}

static int holdsTable(const txSlot *slot) {
	switch (slot->kind) {
	case XS_ARRAY_KIND:
	case XS_ARGUMENTS_SLOPPY_KIND:
	case XS_ARGUMENTS_STRICT_KIND:
	case XS_STACK_KIND:
		return slot->value.array.address != NULL;
	case XS_GLOBAL_KIND:
	case XS_MAP_KIND:
	case XS_SET_KIND:
		return slot->value.table.address != NULL;
	default:
		return 0;
	}
}

static txSize chunkSize(const void *data) {
	return ((const txChunk *)((const txByte *)data - sizeof(txChunk)))->size;
}

/* All chunks that XS has in its blocks, in the chip's bytes. */
static txSize blockBytes(txMachine *the) {
	txSize total = 0;
#if mxNoChunks
	/* A list of chunks then, each in memory of its own. */
	txChunk *chunk;
	for (chunk = (txChunk *)the->firstBlock; chunk; chunk = (txChunk *)chunk->temporary)
		total += chunk->size - chunkHeaderExcess;
#else
	txBlock *block;
	for (block = the->firstBlock; block; block = block->nextBlock) {
		txByte *at = (txByte *)(block + 1);
		while (at < block->current) {
			txChunk *chunk = (txChunk *)at;
			total += (txSize)(chunk->temporary - at) - chunkHeaderExcess;
			at = chunk->temporary; /* the next one */
		}
	}
#endif
	return total;
}

/* All chunks in use, in the chip's bytes. */
static txSize chunkBytes(txMachine *the) {
	txSize total = blockBytes(the);
	txSlot *heap, *slot;
	for (heap = the->firstHeap; heap; heap = heap->next) {
		for (slot = heap + 1; slot < heap->value.reference; slot++) {
			if (holdsTable(slot))
				total -= (chunkSize(slot->value.array.address) - (txSize)sizeof(txChunk)) / 2;
		}
	}
	return total;
}

/* Without those in flash. */
static txSize slotsInUse(txMachine *the) {
	return the->currentHeapCount - heapOf(the)->baseSlots;
}

void hostMemoryMeasure(txMachine *the, HostMemory *memory) {
	HostHeap *heap = heapOf(the);
	memory->slots = slotsInUse(the);
	memory->slotBytes = memory->slots * chipSlotBytes;
	memory->chunkBytes = chunkBytes(the) - heap->baseChunkBytes;
	memory->slotsHeld = memory->slots > initialSlots(heap) ? memory->slots : initialSlots(heap);
	memory->total = memory->chunkBytes + heap->stackBytes + memory->slotsHeld * chipSlotBytes;
	if (heap == &nodeHeap && peakUsed < memory->slotBytes + memory->chunkBytes)
		peakUsed = memory->slotBytes + memory->chunkBytes;
	if (heap->peakTotal < memory->total)
		heap->peakTotal = memory->total;
	if (heap->peakChunkBytes < memory->chunkBytes)
		heap->peakChunkBytes = memory->chunkBytes;
}

/* Whether the chip would have room for `more` of its bytes. */
static int fits(txMachine *the, txSize more) {
	const HostHeap *heap = heapOf(the);
	HostMemory memory;
	if (!heap->isWatching)
		return 1;
	hostMemoryMeasure(the, &memory);
	return !heap->limit || memory.total + more <= heap->limit;
}

/*
 * The heap grows in steps, and starts with the space left after the built-in objects; between two steps
 * this is checked after each turn of the event loop. Counting is done only when a cheap upper bound has grown.
 */
void hostMemoryCheck(txMachine *the) {
	static txSize counted;
	txSize bound = slotsInUse(the) * chipSlotBytes + the->currentChunksSize;
	if (bound <= counted + 1024)
		return;
	counted = bound;
	if (fits(the, 0))
		return;
	fxCollectGarbage(the);
	if (!fits(the, 0))
		fxAbort(the, XS_NOT_ENOUGH_MEMORY_EXIT);
}

void *fxAllocateChunks(txMachine *the, txSize size) {
	HostHeap *heap = heapOf(the);
	txByte *result;
	if (!heap->chunkBase) {
		void *space =
			mmap(NULL, chunkReserve, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
		if (space == MAP_FAILED)
			return NULL;
		heap->chunkBase = heap->chunkEnd = space;
	}
	if (!fits(the, size))
		return NULL;
	result = heap->chunkEnd;
	if ((size_t)(result - heap->chunkBase) + (size_t)size > chunkReserve)
		return NULL;
	heap->chunkEnd += size;
	return result;
}

/* All of a machine's chunks are in one piece, which goes with it. */
void fxFreeChunks(txMachine *the, void *chunks) {
	(void)the;
	(void)chunks;
}

void hostHeapFree(HostHeap *heap) {
	if (heap->chunkBase)
		munmap(heap->chunkBase, chunkReserve);
}

txSlot *fxAllocateSlots(txMachine *the, txSize count) {
	if (!fits(the, count * chipSlotBytes)) {
		/* As on the chip: unused chunk memory is reused for slots. */
		fxCollect(the, XS_COMPACT_FLAG | XS_ORGANIC_FLAG);
		if (!fits(the, count * chipSlotBytes))
			return NULL;
	}
	return malloc((size_t)count * sizeof(txSlot));
}

void fxFreeSlots(txMachine *the, void *slots) {
	(void)the;
	free(slots);
}

void fxCreateMachinePlatform(txMachine *the) {
	the->connection = mxNoSocket;
	/* Of a script machine. */
	the->script = the->context;
}

void fxDeleteMachinePlatform(txMachine *the) {
	hostDebuggerEnded(the);
}

void hostMemoryCredit(txMachine *the, txSize slots, txSize bytes) {
	heapOf(the)->baseSlots += slots;
	heapOf(the)->baseChunkBytes += bytes;
}

static void paintStack(txMachine *the) {
	stackStart = the->stack;
	memset(the->stackBottom, paint, (size_t)((txByte *)stackStart - (txByte *)the->stackBottom));
}

static int isPainted(const txSlot *slot) {
	const unsigned char *at = (const unsigned char *)slot, *end = (const unsigned char *)(slot + 1);
	while (at < end && *at == paint)
		at++;
	return at == end;
}

/* Peak use of the stack, slots. */
static txSize peakStack(txMachine *the) {
	txSlot *slot = stackStart, *deepest = stackStart;
	while (slot > the->stackBottom && deepest - slot < untouchedRun) {
		if (!isPainted(--slot))
			deepest = slot;
	}
	return (txSize)(stackStart - deepest);
}

/* A program that ends in a sleep hands on what it took. */
static txMachine *measured;

static void largest(int32_t *of, txSize value) {
	if (*of < value)
		*of = value;
}

int hostMemoryIsWatched(void) {
	return nodeHeap.isWatching;
}

int hostMemoryStackPeak(txMachine *the) {
	return (int)peakStack(the);
}

static void keepPeaks(void) {
	SimPowered *powered = simPowered();
	HostMemory memory;
	hostMemoryMeasure(measured, &memory);
	largest(&powered->peakTotal, nodeHeap.peakTotal);
	largest(&powered->peakSlots, measured->peakHeapCount - nodeHeap.baseSlots);
	largest(&powered->peakChunkBytes, nodeHeap.peakChunkBytes);
	largest(&powered->peakStack, nodeHeap.isWatching ? peakStack(measured) : 0);
}

void hostHeapStarted(txMachine *the, txSize limit, txSize stackBytes, txSize keys) {
	HostHeap *heap = heapOf(the);
	fxCollectGarbage(the);
	heap->baseSlots = the->currentHeapCount;
	heap->baseChunkBytes = chunkBytes(the);
	heap->limit = limit;
	heap->stackBytes = stackBytes;
	the->peakHeapCount = the->currentHeapCount;
	the->keyCount = the->keyIndex + (txID)keys;
	heap->isWatching = 1;
}

/* As many as the chip has from the start: with fewer, XS would collect garbage far more often than there. */
static void setSlotsAside(txMachine *the) {
	txSize more;
	fxCollectGarbage(the);
	more = hostProgram.slotInitial - (the->maximumHeapCount - the->currentHeapCount);
	if (more > 0)
		fxGrowSlots(the, more);
	the->minimumHeapCount = hostProgram.slotIncremental;
	the->minimumChunksSize = hostProgram.chunkIncremental;
}

void hostMemoryStarted(txMachine *the) {
	setSlotsAside(the);
	hostHeapStarted(the, hostProgram.staticBytes, hostProgram.stackCount * chipSlotBytes, hostProgram.keyInitial);
	paintStack(the);
	measured = the;
	simPoweredAtEnd(keepPeaks);
}

void hostMemoryReport(txMachine *the) {
	char line[8192];
	HostMemory memory;
	const SimPowered *powered = simPowered();
	int length;
	measured = the;
	keepPeaks();
	hostMemoryMeasure(the, &memory);
	length = snprintf(line, sizeof(line),
		"{\"slots\":%d,\"peakSlots\":%d,\"chunkBytes\":%d,\"peakChunkBytes\":%d,\"bytes\":%d,\"peakBytes\":%d,"
		"\"limit\":%d,\"peakStackSlots\":%d,\"stackSlots\":%d,",
		(int)memory.slots, (int)powered->peakSlots, (int)memory.chunkBytes, (int)powered->peakChunkBytes,
		(int)memory.total, (int)powered->peakTotal, hostProgram.staticBytes, (int)powered->peakStack,
		hostProgram.stackCount);
	length += simPoweredReport(line + length, sizeof(line) - (size_t)length);
	length += snprintf(line + length, sizeof(line) - (size_t)length, "}\n");
	if (write(5, line, (size_t)length) < 0)
		return;
}

/* Everything is measured from the start in any case. */
void memoryHalStart(void *machine) {
	(void)machine;
}

uint32_t memoryHalHeapPeak(void *machine) {
	HostMemory memory;
	hostMemoryMeasure(machine, &memory);
	return (uint32_t)peakUsed;
}

uint32_t memoryHalStackPeak(void *machine) {
	return (uint32_t)peakStack(machine);
}
