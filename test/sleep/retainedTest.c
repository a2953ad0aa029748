/* Prints what retained.c does with memory that is torn or has flipped bits; each line is a count of what went wrong. */
#include <stdio.h>
#include <string.h>

#include "retained.h"

enum { bytes = 512, layout = 77 };

static uint32_t memory[bytes / 4], before[bytes / 4], after[bytes / 4];
static uint8_t *const at = (uint8_t *)memory;

/* The number that the record holds; -1: no record; -2: one that was never written. */
static int found(void) {
	size_t length;
	const uint8_t *record = retainedRead(at, bytes, layout, &length);
	size_t i;
	if (!record)
		return -1;
	for (i = 1; i < length; i++)
		if (record[i] != (uint8_t)(record[0] + i))
			return -2;
	return record[0];
}

static int writeNumber(int number, size_t length) {
	uint8_t record[bytes];
	size_t i;
	for (i = 0; i < length; i++)
		record[i] = (uint8_t)(number + i);
	return retainedWrite(at, bytes, layout, record, length);
}

/* Whether the byte is in the sequence number of the copy at `copy`. */
static bool isSequence(size_t byte, size_t copy) {
	return byte - copy - offsetof(RetainedHead, sequence) < sizeof(uint32_t);
}

int main(void) {
	int wrong = 0, number;
	size_t bit, byte, length, newest;
	uint32_t seed = 1;
	/* Whatever is in memory after power-on is no record. */
	for (number = 0; number < 100000; number++) {
		for (byte = 0; byte < bytes / 4; byte++)
			memory[byte] = seed = seed * 1664525u + 1013904223u;
		wrong += found() != -1;
	}
	printf("garbage %d\n", wrong);
	/* Writes replace, whatever was there. */
	for (wrong = 0, number = 0; number < 200; number++) {
		wrong += !writeNumber(number, 1 + (size_t)number % retainedRoom(bytes));
		wrong += found() != number;
	}
	printf("replaced %d\n", wrong);
	wrong = writeNumber(7, retainedRoom(bytes) + 1) || found() != 199;
	printf("long %d\n", wrong);
	wrong = retainedRead(at, bytes, layout + 1, &length) != NULL;
	printf("layout %d\n", wrong);
	/* A write that a reset ends: any part of what it changes is changed, in any order of its bytes; the magic is cleared first and set last. */
	memcpy(before, memory, bytes);
	writeNumber(200, 100);
	memcpy(after, memory, bytes);
	newest = memcmp(before, after, bytes / 2) ? 0 : bytes / 2;
	for (wrong = 0, number = 0; number < 200000; number++) {
		for (byte = 0; byte < bytes; byte++) {
			seed = seed * 1664525u + 1013904223u;
			at[byte] = ((const uint8_t *)(seed >> 31 ? before : after))[byte];
		}
		((RetainedHead *)(at + newest))->magic = 0;
		wrong += found() != 199;
	}
	memcpy(memory, before, bytes);
	wrong += found() != 199;
	memcpy(memory, after, bytes);
	wrong += found() != 200;
	printf("torn %d\n", wrong);
	/* One flipped bit of the newest record leaves none: the older one is out of date. One of the older leaves the newest, or none. */
	for (wrong = 0, bit = 0; bit < 8 * bytes; bit++) {
		const size_t place = bit / 8 - newest;
		memcpy(memory, after, bytes);
		at[bit / 8] ^= (uint8_t)(1u << bit % 8);
		if (bit / 8 >= newest && place < sizeof(RetainedHead) + 100)
			wrong += found() != -1;
		else
			wrong += found() != 200 && !isSequence(bit / 8, bytes / 2 - newest);
		/* What is written then is the newest record. */
		writeNumber(201, 100);
		wrong += found() != 201;
		writeNumber(202, 30);
		wrong += found() != 202;
	}
	printf("flipped %d\n", wrong);
	memcpy(memory, after, bytes);
	retainedErase(at, bytes);
	printf("erased %d\n", found() != -1);
	return 0;
}
