#include "microReader.h"

/* Copies of these in all the rest would be the larger part of it. */
#if defined(__GNUC__)
	#define microNoInline __attribute__((noinline))
#else
	#define microNoInline
#endif

#include <string.h>

static const uint8_t *access(MicroReader *reader, uint32_t at, uint32_t bytes) {
	static const uint8_t nothing[4] = { 0, 0, 0, 0 };
	if ((bytes <= reader->size) && (at <= reader->size - bytes))
		return reader->bytes + at;
	reader->fault = true;
	return nothing;
}

uint8_t microReadU8(MicroReader *reader, uint32_t at) {
	return access(reader, at, 1)[0];
}

uint16_t microReadU16(MicroReader *reader, uint32_t at) {
	const uint8_t *p = access(reader, at, 2);
	return (uint16_t)(p[0] | (p[1] << 8));
}

uint32_t microReadU32(MicroReader *reader, uint32_t at) {
	return microWord(access(reader, at, 4));
}

int32_t microReadI32(MicroReader *reader, uint32_t at) {
	return (int32_t)microReadU32(reader, at);
}

float microReadF32(MicroReader *reader, uint32_t at) {
	uint32_t bits = microReadU32(reader, at);
	float value;
	memcpy(&value, &bits, sizeof(value));
	return value;
}

microNoInline uint32_t microFollow(MicroReader *reader, uint32_t at) {
	uint32_t offset = microReadU32(reader, at);
	if (reader->fault || (offset > reader->size - at)) {
		reader->fault = true;
		return 0;
	}
	return at + offset;
}

microNoInline uint32_t microField(MicroReader *reader, uint32_t table, uint32_t id) {
	uint32_t back = microReadU32(reader, table), vtable = table - back, entry = 4 + 2 * id;
	uint16_t offset;

	/* The vtable may lie on either side of the table; wrapped arithmetic covers both, and access() refuses what is outside. */
	if (reader->fault || (entry + 2 > microReadU16(reader, vtable)))
		return 0;
	offset = microReadU16(reader, vtable + entry);
	if (reader->fault || (offset == 0))
		return 0;
	if (offset >= reader->size - table) {
		reader->fault = true;
		return 0;
	}
	return table + offset;
}

int32_t microFieldI32(MicroReader *reader, uint32_t table, uint32_t id, int32_t absent) {
	uint32_t at = microField(reader, table, id);
	return at ? microReadI32(reader, at) : absent;
}

uint8_t microFieldU8(MicroReader *reader, uint32_t table, uint32_t id, uint8_t absent) {
	uint32_t at = microField(reader, table, id);
	return at ? microReadU8(reader, at) : absent;
}

float microFieldF32(MicroReader *reader, uint32_t table, uint32_t id, float absent) {
	uint32_t at = microField(reader, table, id);
	return at ? microReadF32(reader, at) : absent;
}

uint32_t microFieldTable(MicroReader *reader, uint32_t table, uint32_t id) {
	uint32_t at = microField(reader, table, id);
	return at ? microFollow(reader, at) : 0;
}

uint32_t microFieldVector(MicroReader *reader, uint32_t table, uint32_t id, uint32_t elementBytes, uint32_t *count) {
	uint32_t at = microFieldTable(reader, table, id), room;

	*count = 0;
	if (at == 0)
		return 0;
	*count = microReadU32(reader, at);
	room = reader->fault ? 0 : reader->size - at - 4;
	if (reader->fault || (*count > room / elementBytes)) {
		reader->fault = true;
		*count = 0;
		return 0;
	}
	return at + 4;
}
