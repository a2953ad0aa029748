/* The harness on this machine: hostMain ARENA TRACE RUNS INPUTBYTES EXTERNAL MODEL INPUTS */
#include "harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

uint64_t harnessCounter(void) {
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

void harnessPut(char letter) {
	putchar(letter);
}

/* The file's bytes in a block of just that size, so that a sanitizer sees a read past their end. */
static uint8_t *load(const char *path, uint32_t *bytes) {
	FILE *file = fopen(path, "rb");
	uint8_t *data;
	long size;

	if (!file || fseek(file, 0, SEEK_END) || ((size = ftell(file)) < 0) || fseek(file, 0, SEEK_SET))
		exit(2);
	data = malloc(size ? (size_t)size : 1);
	if (!data || (fread(data, 1, (size_t)size, file) != (size_t)size))
		exit(2);
	fclose(file);
	*bytes = (uint32_t)size;
	return data;
}

int main(int count, char **arguments) {
	HarnessRequest request;
	uint8_t *block, *inputs, *model;
	uint32_t inputsBytes;

	if (count != 8)
		return 2;
	request.arenaBytes = (uint32_t)strtoul(arguments[1], NULL, 10);
	request.trace = (uint32_t)strtoul(arguments[2], NULL, 10);
	request.runs = (uint32_t)strtoul(arguments[3], NULL, 10);
	request.inputBytes = (uint32_t)strtoul(arguments[4], NULL, 10);
	request.external = (uint32_t)strtoul(arguments[5], NULL, 10);
	request.model = model = load(arguments[6], &request.modelBytes);
	request.inputs = inputs = load(arguments[7], &inputsBytes);
	if ((uint64_t)request.runs * request.inputBytes > inputsBytes)
		return 2;
	/* malloc's blocks are aligned to 16 bytes on the machines we run on. */
	request.arena = block = malloc(request.arenaBytes ? request.arenaBytes : 1);
	if (!block)
		return 2;
	harnessRun(&request);
	free(block);
	free(model);
	free(inputs);
	return 0;
}
