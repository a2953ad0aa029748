/*
 * The flash chip's memory: the simulated board's. Where a run names a file, it is read from there, and every change is in the file before
 * the chip goes on: whatever ends the emulator, nothing is lost.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "powered.h"
#include "simFlash.h"
#include "world.h"

static LASTING int file; /* and 1; 0: none */
static LASTING uint8_t *flash;

static int readAll(uint32_t size) {
	uint32_t done = 0;
	while (done < size) {
		const ssize_t count = read(file - 1, flash + done, size - done);
		if (count <= 0)
			return EIO;
		done += (uint32_t)count;
	}
	return 0;
}

int simFlashMemory(const char *path, uint32_t size, uint8_t **bytes) {
	int isNew;
	*bytes = flash = simPoweredMemory(SIM_POWERED_FLASH, size, &isNew);
	if (!isNew)
		return 0;
	memset(flash, 0xFF, size);
	if (!path)
		return 0;
	file = open(path, O_RDWR) + 1;
	return file ? readAll(size) : ENOENT;
}

void simFlashChanged(uint32_t offset, uint32_t count) {
	if (!file)
		return;
	if (lseek(file - 1, (off_t)offset, SEEK_SET) < 0 || write(file - 1, flash + offset, count) != (ssize_t)count) {
		static const char text[] = "the file of the flash cannot be written\n";
		worldWrite(2, text, sizeof(text) - 1);
		worldExit(74);
	}
}
