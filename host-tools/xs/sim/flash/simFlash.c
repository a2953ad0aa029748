#include "simFlash.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { maximumPartitions = 16 };

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

/* A shared mapping: data is in the file even if the program is killed right after. */
static int mapFile(const char *path) {
	struct stat status;
	int file = open(path, O_RDWR | O_CREAT, 0666);
	off_t old;
	if (file < 0)
		return errno;
	if (fstat(file, &status) < 0)
		goto failed;
	old = status.st_size;
	if (old < (off_t)total && ftruncate(file, total) < 0)
		goto failed;
	flash = mmap(NULL, total, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	if (flash == MAP_FAILED)
		goto failed;
	if (old < (off_t)total)
		memset(flash + old, 0xFF, total - (size_t)old);
	close(file);
	return 0;
failed:
	close(file);
	flash = NULL;
	return errno;
}

int simFlashOpen(const char *path) {
	if (flash || !total)
		return 0;
	if (path)
		return mapFile(path);
	flash = malloc(total);
	if (!flash)
		return ENOMEM;
	memset(flash, 0xFF, total);
	return 0;
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

/* How many of `count` bytes are written before the power fails; all of them when it does not. */
static uint32_t bytesBeforeCut(uint32_t count) {
	if (writesLeft == 0 || --writesLeft > 0)
		return count;
	return (uint32_t)(cutFraction * count);
}

static int isCutNow(uint64_t before) {
	return before == 1;
}

int simFlashWrite(const SimPartition *partition, uint32_t offset, const uint8_t *bytes, uint32_t count) {
	uint64_t before = writesLeft;
	uint32_t i, done;
	if (offset > partition->size || count > partition->size - offset)
		return 0;
	done = bytesBeforeCut(count);
	for (i = 0; i < done; i++)
		flash[partition->offset + offset + i] &= bytes[i];
	if (isCutNow(before))
		cut();
	return 1;
}

int simFlashErase(const SimPartition *partition, uint32_t block) {
	uint64_t before = writesLeft;
	if (block >= partition->size / simFlashBlock)
		return 0;
	memset(flash + partition->offset + block * simFlashBlock, 0xFF, bytesBeforeCut(simFlashBlock));
	if (isCutNow(before))
		cut();
	return 1;
}
