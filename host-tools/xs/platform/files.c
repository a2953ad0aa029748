#include "host.h"

#include <fcntl.h>
#include <sys/mman.h>

const void *hostMap(const char *path, size_t *size) {
	struct stat status;
	void *bytes;
	int file = open(path, O_RDONLY);
	if (file < 0)
		return NULL;
	if (fstat(file, &status) < 0 || S_ISDIR(status.st_mode)) {
		close(file);
		return NULL;
	}
	*size = (size_t)status.st_size;
	/* One byte more than the file's size, so that an empty file can be mapped too. */
	bytes = mmap(NULL, *size + 1, PROT_READ, MAP_PRIVATE, file, 0);
	close(file);
	return bytes == MAP_FAILED ? NULL : bytes;
}
