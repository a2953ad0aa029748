/* The memory behind the simulated flash: a file's, or the simulated board's. */
#include "simFlash.h"
#include "powered.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* A shared mapping: data is in the file even if the program is killed right after. */
static int mapFile(const char *path, uint32_t total, uint8_t **bytes) {
	uint8_t *flash;
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
	*bytes = flash;
	return 0;
failed:
	close(file);
	return errno;
}

int simFlashMemory(const char *path, uint32_t size, uint8_t **bytes) {
	int isNew;
	if (path)
		return mapFile(path, size, bytes);
	*bytes = simPoweredMemory(SIM_POWERED_FLASH, size, &isNew);
	if (isNew)
		memset(*bytes, 0xFF, size);
	return 0;
}

void simFlashChanged(uint32_t offset, uint32_t count) {
	(void)offset;
	(void)count;
}
