#include "simFlash.h"

#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "powered.h"

enum {
	maximumPartitions = 16,
	page = 256,
	/*
	 * What a write takes, microseconds: Winbond's W25Q32JV, a NOR flash of 4 MB as on many ESP32 modules, data sheet revision G, 9.6: a page 0.4 ms, a
	 * sector of 4 KB 45 ms; at most 3 and 400.
	 */
	pageTime = 400,
	eraseTime = 45000,
};

static SimPartition partitions[maximumPartitions];
static uint32_t partitionCount, total;
static uint8_t *flash;
static uint64_t writesLeft; /* until the power fails; 0: never */
static double cutFraction;
static void (*cut)(void);

int simFlashAddPartition(const char *name, uint32_t size) {
	SimPartition *partition = &partitions[partitionCount];
	if (partitionCount == maximumPartitions || size == 0 || size % simFlashBlock ||
		strlen(name) >= sizeof(partition->name))
		return 0;
	strcpy(partition->name, name);
	partition->offset = total;
	partition->size = size;
	total += size;
	partitionCount++;
	return 1;
}

int simFlashOpen(const char *path) {
	if (flash || !total)
		return 0;
	return simFlashMemory(path, total, &flash);
}

void simFlashCutPower(uint64_t n, double fraction, void (*onCut)(void)) {
	writesLeft = n;
	cutFraction = fraction;
	cut = onCut;
}

const SimPartition *simFlashFind(const char *name) {
	uint32_t i;
	for (i = 0; i < partitionCount; i++) {
		if (!strcmp(partitions[i].name, name))
			return &partitions[i];
	}
	return NULL;
}

const uint8_t *simFlashBytes(const SimPartition *partition) {
	return flash + partition->offset;
}

void simFlashPut(const SimPartition *partition, const uint8_t *bytes, uint32_t count) {
	memcpy(flash + partition->offset, bytes, count);
	simFlashChanged(partition->offset, count);
}

/* A multiple of the typical times, for a flash that is old or cold: the data sheet's limits are 7.5 and 8.9 times as long. */
static uint64_t slowed(uint64_t microseconds) {
	static double factor;
	if (factor == 0) {
		const char *text = getenv("LOAM_FLASH_SLOWNESS");
		factor = text ? strtod(text, NULL) : 1;
	}
	return (uint64_t)((double)microseconds * factor);
}

/* How many of `count` bytes are written before the power fails; all of them when it does not. */
static uint32_t bytesBeforeCut(uint32_t count) {
	simPowered()->flashAccesses++;
	if (writesLeft == 0 || --writesLeft > 0)
		return count;
	return (uint32_t)(cutFraction * count);
}

/* Bytes from an offset on have been written, and there were `before` accesses left. */
static void written(uint32_t offset, uint32_t count, uint64_t before) {
	simFlashChanged(offset, count);
	if (before == 1)
		cut();
}

int simFlashWrite(const SimPartition *partition, uint32_t offset, const uint8_t *bytes, uint32_t count) {
	uint64_t before = writesLeft;
	uint32_t i, done;
	if (offset > partition->size || count > partition->size - offset)
		return 0;
	done = bytesBeforeCut(count);
	for (i = 0; i < done; i++)
		flash[partition->offset + offset + i] &= bytes[i];
	written(partition->offset + offset, done, before);
	simClockStall(slowed(pageTime * (uint64_t)((offset % page + count + page - 1) / page)));
	return 1;
}

int simFlashErase(const SimPartition *partition, uint32_t block) {
	uint64_t before = writesLeft;
	uint32_t offset, done;
	if (block >= partition->size / simFlashBlock)
		return 0;
	offset = partition->offset + block * simFlashBlock;
	done = bytesBeforeCut(simFlashBlock);
	memset(flash + offset, 0xFF, done);
	written(offset, done, before);
	simClockStall(slowed(eraseTime));
	return 1;
}
