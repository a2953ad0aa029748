/*
 * The protocol between the inference programs and Node: frames on stdin and stdout, so that one process can serve many models and runs.
 * Every number is 32 bits, little endian.
 *
 * Request: modelBytes, arenaBytes, flags (1: trace, 2: reset variables and states before each run), runs, runBytes, external inputs by bit; the
 * model; the inputs of every run, each run's in tensor order.
 * Answer: the bytes that follow; status; then
 *   status 0: arenaUsed, number of outputs, bytes of each output; and per run the outputs' bytes and, when traced, the
 *     number of operators and of each its index, builtin code, rank, dimensions and the FNV-1a-32 hash of its first output;
 *   otherwise: operator, builtin code, tensor, bytes needed, bytes given; the rest is the message.
 * A program ends when its stdin does.
 */
#ifndef LOAM_FRAMES_H
#define LOAM_FRAMES_H

#include <stdint.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

typedef struct {
	uint32_t modelBytes;
	uint32_t arenaBytes;
	uint32_t trace, reset;
	uint32_t runs;
	uint32_t runBytes;
	uint32_t external;
	uint8_t *model;
	uint8_t *inputs;
} Request;

typedef struct {
	uint8_t *bytes;
	size_t used;
	size_t room;
} Answer;

static void *frameMemory(void *old, size_t bytes) {
	void *memory = realloc(old, bytes ? bytes : 1);

	if (!memory) {
		fprintf(stderr, "out of memory: %zu bytes\n", bytes);
		exit(3);
	}
	return memory;
}

static int readBytes(void *to, size_t bytes) {
	return fread(to, 1, bytes, stdin) == bytes;
}

/* 0 at the end of stdin. The memory is the request's until the next call. */
static int readRequest(Request *request) {
	uint8_t header[24];
	uint32_t word[6];
	int i;

	if (!readBytes(header, sizeof header))
		return 0;
	for (i = 0; i < 6; i++)
		word[i] = (uint32_t)header[4 * i] | (uint32_t)header[4 * i + 1] << 8 | (uint32_t)header[4 * i + 2] << 16 |
			(uint32_t)header[4 * i + 3] << 24;
	request->modelBytes = word[0];
	request->arenaBytes = word[1];
	request->trace = word[2] & 1;
	request->reset = word[2] & 2;
	request->runs = word[3];
	request->runBytes = word[4];
	request->external = word[5];
	request->model = frameMemory(request->model, request->modelBytes);
	request->inputs = frameMemory(request->inputs, (size_t)request->runs * request->runBytes);
	return readBytes(request->model, request->modelBytes) &&
		readBytes(request->inputs, (size_t)request->runs * request->runBytes);
}

static void putBytes(Answer *answer, const void *bytes, size_t count) {
	if (answer->used + count > answer->room) {
		answer->room = 2 * (answer->used + count);
		answer->bytes = frameMemory(answer->bytes, answer->room);
	}
	if (count)
		memcpy(answer->bytes + answer->used, bytes, count);
	answer->used += count;
}

static void putWord(Answer *answer, uint32_t word) {
	const uint8_t bytes[4] = { (uint8_t)word, (uint8_t)(word >> 8), (uint8_t)(word >> 16), (uint8_t)(word >> 24) };

	putBytes(answer, bytes, sizeof bytes);
}

static void putFault(Answer *answer, uint32_t status, int32_t operatorIndex, int32_t builtinCode, int32_t tensorIndex,
	uint32_t needed, uint32_t given, const char *text) {
	answer->used = 0;
	putWord(answer, status);
	putWord(answer, (uint32_t)operatorIndex);
	putWord(answer, (uint32_t)builtinCode);
	putWord(answer, (uint32_t)tensorIndex);
	putWord(answer, needed);
	putWord(answer, given);
	putBytes(answer, text, strlen(text));
}

/* Writes the answer, which is empty afterwards. */
static void sendAnswer(Answer *answer) {
	Answer length = { NULL, 0, 0 };

	putWord(&length, (uint32_t)answer->used);
	fwrite(length.bytes, 1, length.used, stdout);
	fwrite(answer->bytes, 1, answer->used, stdout);
	fflush(stdout);
	free(length.bytes);
	answer->used = 0;
}

#endif
