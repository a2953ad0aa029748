/* The air's streams, where the world has no descriptors to inherit. */
#include <fcntl.h>
#include <stdlib.h>

#include "airStream.h"
#include "world.h"

static FILE *air;

/* The C library's has no "all streams"; here that is the air's. */
int fflush(FILE *file) {
	if (!file)
		file = air;
	return file && file->flush ? file->flush(file) : 0;
}

bool airStreamOpen(FILE **toAir, FILE **fromAir) {
	static LASTING int descriptors[2];
	const char *to = getenv("LOAM_AIR_TO"), *from = getenv("LOAM_AIR_FROM");
	if (!to || !from)
		return false;
	if (!descriptors[0]) {
		descriptors[0] = open(to, O_WRONLY);
		descriptors[1] = open(from, O_RDONLY);
	}
	*toAir = air = fdopen(descriptors[0], "w");
	*fromAir = fdopen(descriptors[1], "r");
	return true;
}
