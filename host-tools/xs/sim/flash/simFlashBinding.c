/*
 * Binds simFlash.c to script. Runs under the host program and under the SDK's desktop platform, and is configured
 * by environment variables, which both have:
 *   LOAM_FLASH             the file that stores the flash; without it the flash is not stored
 *   LOAM_FLASH_PARTITIONS  name=bytes, separated by commas
 *   LOAM_FLASH_FAILS       a-b: reads, writes and erases fail from a to b seconds after the start
 *   LOAM_FLASH_SLOWNESS    writes and erases take so many times their typical time
 *   LOAM_POWER_CUT         n.f: the power fails during the n-th write or erase, when the fraction f of its bytes is written;
 *                         n from 1, of all programs of the run
 *   LOAM_POWER_RETURNS     that begins the program anew, instead of ending the run
 */
#include "xsmc.h"
#include "mc.xs.h"
#include "arguments.h"
#include "simFlash.h"
#include "../firmware/simOta.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Whether the flash fails now, as the SDK's driver says it. */
static void checkFailure(xsMachine *the, const char *what) {
	if (simFlashFailsNow())
		xsUnknownError("%s failed", what);
}

const char *simFlashSetUp(void) {
	static int isDone;
	const char *table = getenv("LOAM_FLASH_PARTITIONS");
	char name[32];
	unsigned size;
	int length;
	if (isDone)
		return NULL;
	if (!table)
		table = "outbox=65536,session=16384";
	for (; *table; table += length + (table[length] == ',')) {
		length = 0;
		if (sscanf(table, "%31[^=]=%u%n", name, &size, &length) != 2 || !simFlashAddPartition(name, size))
			return "flash: LOAM_FLASH_PARTITIONS must be name=bytes,... with multiples of 4096";
	}
	if (simFlashOpen(getenv("LOAM_FLASH")))
		return "flash: the file named by LOAM_FLASH cannot be opened for writing";
	simFlashPlanCut();
	isDone = 1;
	return NULL;
}

void xs_simflash_destructor(void *data) {
	(void)data;
}

static const SimPartition *partitionOf(xsMachine *the) {
	return openHostDataOf(the, &xsThis, xs_simflash_destructor, "flash");
}

/* A whole number from 0 up. */
static uint32_t count(xsMachine *the, int argument, const char *what) {
	xsNumberValue value = xsmcToNumber(xsArg(argument));
	if (!(value >= 0) || value > 4294967295.0 || value != (xsNumberValue)(uint32_t)value)
		xsRangeError("flash: %s must be a whole number from 0 up", what);
	return (uint32_t)value;
}

static void outside(xsMachine *the, const SimPartition *partition, uint64_t offset, uint32_t size) {
	xsRangeError("flash: %u bytes at %llu are outside partition %s of %u bytes", size, (unsigned long long)offset,
		partition->name, partition->size);
}

void xs_simflash(xsMachine *the) {
	const char *fault = simFlashSetUp();
	const char *name = xsmcToString(xsArg(0));
	const SimPartition *partition = fault ? NULL : simFlashFind(simOtaPartition(name));
	if (fault)
		xsUnknownError("%s", fault);
	if (!partition)
		xsUnknownError("flash: no partition \"%s\"", name);
	checkUnconstructed(the, xs_simflash_destructor, "flash");
	xsmcSetHostData(xsThis, (void *)partition);
}

void xs_simflash_erase(xsMachine *the) {
	const uint32_t block = count(the, 0, "block");
	const SimPartition *partition = partitionOf(the);
	checkFailure(the, "erase");
	if (!simFlashErase(partition, block))
		outside(the, partition, (uint64_t)block * simFlashBlock, simFlashBlock);
}

void xs_simflash_read(xsMachine *the) {
	const uint32_t offset = count(the, 0, "offset"), size = count(the, 1, "byteLength");
	const SimPartition *partition = partitionOf(the);
	if (offset > partition->size || size > partition->size - offset)
		outside(the, partition, offset, size);
	checkFailure(the, "read");
	xsmcSetArrayBuffer(xsResult, (void *)(simFlashBytes(partition) + offset), (xsIntegerValue)size);
}

void xs_simflash_write(xsMachine *the) {
	const uint32_t offset = count(the, 0, "offset"), size = count(the, 1, "byteLength");
	const SimPartition *partition = partitionOf(the);
	void *bytes;
	xsUnsignedValue available;
	xsmcGetBufferReadable(xsArg(2), &bytes, &available);
	if (size > available)
		xsRangeError("flash: the buffer has %u bytes, %u are to be written", (unsigned)available, size);
	checkFailure(the, "write");
	if (!simFlashWrite(partition, offset, bytes, size))
		outside(the, partition, offset, size);
}

void xs_simflash_map(xsMachine *the) {
	const SimPartition *partition = partitionOf(the);
	xsResult = xsNewHostObject(NULL);
	xsmcSetHostBuffer(xsResult, (void *)simFlashBytes(partition), (xsIntegerValue)partition->size);
	xsmcPetrifyHostBuffer(xsResult);
}

void xs_simflash_byteLength(xsMachine *the) {
	xsmcSetInteger(xsResult, (xsIntegerValue)partitionOf(the)->size);
}

void xs_simflash_blockSize(xsMachine *the) {
	partitionOf(the);
	xsmcSetInteger(xsResult, simFlashBlock);
}
