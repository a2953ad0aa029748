/*
 * Reads a FlatBuffer in place, at any alignment, with every access checked. A position is a byte offset into the buffer,
 * 0 stands for "absent" (nothing a reader asks for can lie there: the root offset does). An access outside the buffer
 * raises `fault` and gives 0; callers look at `fault` once, after reading what belongs together.
 * Format: https://flatbuffers.dev/internals/
 */
#ifndef LOAM_MICRO_READER_H
#define LOAM_MICRO_READER_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
	const uint8_t *bytes;
	uint32_t size;
	bool fault;
} MicroReader;

/* The little-endian word at p, at any alignment; nothing is checked. */
static inline uint32_t microWord(const uint8_t *p) {
	return p[0] | ((uint32_t)p[1] << 8) | ((uint32_t)p[2] << 16) | ((uint32_t)p[3] << 24);
}

uint8_t microReadU8(MicroReader *reader, uint32_t at);
uint16_t microReadU16(MicroReader *reader, uint32_t at);
uint32_t microReadU32(MicroReader *reader, uint32_t at);
int32_t microReadI32(MicroReader *reader, uint32_t at);
float microReadF32(MicroReader *reader, uint32_t at);

/* What the offset stored at `at` points to. */
uint32_t microFollow(MicroReader *reader, uint32_t at);

/* Position of field `id` of the table, 0 when it is absent. */
uint32_t microField(MicroReader *reader, uint32_t table, uint32_t id);

/* Scalar fields with their schema defaults. */
int32_t microFieldI32(MicroReader *reader, uint32_t table, uint32_t id, int32_t absent);
uint8_t microFieldU8(MicroReader *reader, uint32_t table, uint32_t id, uint8_t absent);
float microFieldF32(MicroReader *reader, uint32_t table, uint32_t id, float absent);

/* The table in field `id`, 0 when absent. */
uint32_t microFieldTable(MicroReader *reader, uint32_t table, uint32_t id);

/* Position of the first element of the vector in field `id`; *count is 0 when it is absent or does not fit the buffer. */
uint32_t microFieldVector(MicroReader *reader, uint32_t table, uint32_t id, uint32_t elementBytes, uint32_t *count);

#endif
