/*
 * Reads a FlatBuffer in place, at any alignment. A position is a byte offset into the buffer, 0 means "absent" (nothing
 * else can be there: the root offset is).
 *
 * All relevant fields of a table are read at once, by a list of their kinds; the results are checked: a
 * vector is entirely inside the buffer, so that its elements can be read with microWord.
 * Format: https://flatbuffers.dev/internals/
 */
#ifndef LOAM_MICRO_READER_H
#define LOAM_MICRO_READER_H

#include <stdbool.h>
#include <stdint.h>

/* The kind of a field, and its result. A vector's size is that of its elements. */
typedef enum {
	microSkip,     /* ignored: 0 */
	microByte,     /* its value, 0 when absent */
	microInt,      /* its 32 bits, 0 when absent */
	microIntOr1,   /* its 32 bits, 1 when absent */
	microPosition, /* its position: a table to be followed, or a field that must be absent */
	microVector1,  /* position of the first element */
	microVector4,
	microVector8
} MicroField;

/* The fields of a table from the first to the eighth, four bits each. */
#define microFields(a, b, c, d, e, f, g, h) \
	((uint32_t)(a) | (uint32_t)(b) << 4 | (uint32_t)(c) << 8 | (uint32_t)(d) << 12 | (uint32_t)(e) << 16 | \
		(uint32_t)(f) << 20 | (uint32_t)(g) << 24 | (uint32_t)(h) << 28)
#define microMaxFields 8

/*
 * Reads the fields of the table that the offset at `at` points to.
 * @param at a position with at least four bytes
 * @param values room for microMaxFields, written up to the last field that is not skipped
 * @returns false when anything lies outside of the buffer
 */
bool microReadTable(const uint8_t *bytes, uint32_t size, uint32_t at, uint32_t fields, uint32_t *values);

/* 32 bits, little endian. */
uint32_t microWord(const uint8_t *at);

/* The number of elements of a vector from microReadTable. */
uint32_t microCount(const uint8_t *bytes, uint32_t vector);

#endif
