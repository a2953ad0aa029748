/*
 * A NOR flash in a file: a write can only clear bits, an erase sets all bits of a 4,096-byte block. A power cut can be simulated
 * in the middle of a write or erase, so that a test sees what a node finds after a real one.
 */
#ifndef LOAM_SIM_FLASH_H
#define LOAM_SIM_FLASH_H

#include <stddef.h>
#include <stdint.h>

enum { simFlashBlock = 4096 };

typedef struct {
	char name[32];
	uint32_t offset, size; /* bytes; multiples of the block */
} SimPartition;

/* Initializes the flash as the run's environment says, at its first use. Returns an error, or NULL. */
const char *simFlashSetUp(void);

/* Adds a partition after the last one. Returns 0 when the table is full or the size is not a multiple of the block. */
int simFlashAddPartition(const char *name, uint32_t size);

/*
 * The file that stores the flash, created when missing. NULL: the flash starts erased and is gone with the run.
 * Returns 0, or an errno.
 */
int simFlashOpen(const char *path);

/* The memory that it uses: of a file as simFlashOpen says, 0xFF where it is new. Returns 0, or an errno. */
int simFlashMemory(const char *path, uint32_t size, uint8_t **bytes);

/* Bytes of it have changed, from an offset on; nothing else has happened since. */
void simFlashChanged(uint32_t offset, uint32_t count);

/*
 * Power fails during the n-th write or erase from now on (n >= 1), when `fraction` (0..1) of its bytes are written: `onCut`
 * is called and must not return.
 */
void simFlashCutPower(uint64_t n, double fraction, void (*onCut)(void));

/* simFlashCutPower as the run asks for it: LOAM_POWER_CUT, LOAM_POWER_RETURNS, and resets.h. */
void simFlashPlanCut(void);

/* Whether accesses fail now: LOAM_FLASH_FAILS. */
int simFlashFailsNow(void);

const SimPartition *simFlashFind(const char *name);
const uint8_t *simFlashBytes(const SimPartition *partition);
/* Both return 0 when the range is not inside the partition. */
int simFlashWrite(const SimPartition *partition, uint32_t offset, const uint8_t *bytes, uint32_t count);
int simFlashErase(const SimPartition *partition, uint32_t block);
/* Bytes that are there from the run's start on, at the start of the partition: as by a cable, this is no access of the node. */
void simFlashPut(const SimPartition *partition, const uint8_t *bytes, uint32_t count);

#endif
