/*
 * A record in memory that outlasts the program but not a power cut, and that a reset can find half written. Two copies: a
 * new record is written over the older one, and is valid once its head is. Little endian, in place.
 */
#ifndef LOAM_RETAINED_H
#define LOAM_RETAINED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Before the record, in each half of the memory. */
typedef struct {
	uint32_t magic;    /* 0: it is being written */
	uint32_t layout;   /* of the record: another firmware's is none of ours */
	uint32_t sequence; /* the higher one of two is the newer */
	uint32_t length;
	uint32_t crc; /* of the four above and the record */
} RetainedHead;

/* Bytes that a record may have in memory of that size. */
size_t retainedRoom(size_t memoryBytes);

/* The newest record, and its length; NULL when there is none, it has another layout, or it is damaged: the one before is no substitute. `memory` is aligned to 4. */
const uint8_t *retainedRead(const uint8_t *memory, size_t memoryBytes, uint32_t layout, size_t *length);

/* False when the record is too long; then nothing has changed. */
bool retainedWrite(uint8_t *memory, size_t memoryBytes, uint32_t layout, const uint8_t *record, size_t length);

/* CRC-32 (IEEE 802.3), continued from `crc`; 0 at first. */
uint32_t retainedCrc(uint32_t crc, const uint8_t *bytes, size_t count);

/* No record is valid any more. */
void retainedErase(uint8_t *memory, size_t memoryBytes);

#endif
