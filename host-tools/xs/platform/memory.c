/*
 * Memory of the machine, held against the sizes that the manifest gives the chip.
 */
#include "host.h"

#include <sys/mman.h>

txMachine *hostMachine;

static const size_t chunkReserve = (size_t)1 << 30;
static txSize baseSlots, baseChunkBytes;

void *fxAllocateChunks(txMachine *the, txSize size)
{
	static txByte *base, *end;
	txByte *result;
	if (!the->firstBlock) {
		base = mmap(NULL, chunkReserve, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
		if (base == MAP_FAILED) return NULL;
		end = base;
	}
	result = end;
	if ((size_t)(end - base) + (size_t)size > chunkReserve) return NULL;
	end += size;
	return result;
}

void fxFreeChunks(txMachine *the, void *chunks)
{
	(void)the;
	munmap(chunks, chunkReserve);
}

txSlot *fxAllocateSlots(txMachine *the, txSize count)
{
	(void)the;
	return malloc((size_t)count * sizeof(txSlot));
}

void fxFreeSlots(txMachine *the, void *slots)
{
	(void)the;
	free(slots);
}

void fxCreateMachinePlatform(txMachine *the)
{
	the->connection = mxNoSocket;
}

void fxDeleteMachinePlatform(txMachine *the)
{
	(void)the;
}

void hostMemoryCredit(txMachine *the, txSize slots, txSize chunkBytes)
{
	(void)the;
	baseSlots += slots;
	baseChunkBytes += chunkBytes;
}

void hostMemoryStarted(txMachine *the)
{
	fxCollectGarbage(the);
	baseSlots = the->currentHeapCount;
	baseChunkBytes = the->currentChunksSize;
}

void hostMemoryReport(txMachine *the)
{
	char line[256];
	int length = snprintf(line, sizeof(line), "{\"slots\":%d,\"peakSlots\":%d,\"chunkBytes\":%d,\"peakChunkBytes\":%d}\n",
		(int)(the->currentHeapCount - baseSlots), (int)(the->peakHeapCount - baseSlots),
		(int)(the->currentChunksSize - baseChunkBytes), (int)(the->peakChunksSize - baseChunkBytes));
	if (write(5, line, (size_t)length) < 0) return;
}
