#include "retained.h"

/* "LRM1": the format and its version. */
static const uint32_t magic = 0x314D524Cu;

typedef RetainedHead Head;

enum { copies = 2 };

static size_t copyBytes(size_t memoryBytes) {
	return memoryBytes / copies & ~(size_t)3;
}

size_t retainedRoom(size_t memoryBytes) {
	return copyBytes(memoryBytes) - sizeof(Head);
}

uint32_t retainedCrc(uint32_t crc, const uint8_t *bytes, size_t count) {
	/* Four bits at a time. */
	static const uint32_t table[16] = { 0x00000000u, 0x1DB71064u, 0x3B6E20C8u, 0x26D930ACu, 0x76DC4190u, 0x6B6B51F4u,
		0x4DB26158u, 0x5005713Cu, 0xEDB88320u, 0xF00F9344u, 0xD6D6A3E8u, 0xCB61B38Cu, 0x9B64C2B0u, 0x86D3D2D4u,
		0xA00AE278u, 0xBDBDF21Cu };
	size_t i;
	crc = ~crc;
	for (i = 0; i < count; i++) {
		crc = table[(crc ^ bytes[i]) & 15] ^ crc >> 4;
		crc = table[(crc ^ bytes[i] >> 4) & 15] ^ crc >> 4;
	}
	return ~crc;
}

static uint32_t crcOf(const Head *head, const uint8_t *record) {
	return retainedCrc(retainedCrc(0, (const uint8_t *)head, offsetof(Head, crc)), record, head->length);
}

static bool isValid(const uint8_t *copy, size_t memoryBytes) {
	const Head *head = (const Head *)copy;
	return head->magic == magic && head->length <= retainedRoom(memoryBytes) &&
		head->crc == crcOf(head, copy + sizeof(Head));
}

/* Whether a copy that is not valid is older than the one that is, or a reset ended its writing: then nothing was done yet on the strength of it. */
static bool isNoNewer(const uint8_t *invalid, const uint8_t *valid) {
	const Head *head = (const Head *)invalid;
	return head->magic == 0 || head->sequence == ((const Head *)valid)->sequence - 1;
}

/* The valid copy with the highest sequence number; NULL when none is valid, or when a newer one was, which is damaged. */
static const uint8_t *newestCopy(const uint8_t *memory, size_t memoryBytes) {
	const uint8_t *first = memory, *second = memory + copyBytes(memoryBytes);
	const bool isFirstValid = isValid(first, memoryBytes), isSecondValid = isValid(second, memoryBytes);
	if (isFirstValid && isSecondValid)
		return (int32_t)(((const Head *)second)->sequence - ((const Head *)first)->sequence) > 0 ? second : first;
	if (isFirstValid && isNoNewer(second, first))
		return first;
	if (isSecondValid && isNoNewer(first, second))
		return second;
	return NULL;
}

const uint8_t *retainedRead(const uint8_t *memory, size_t memoryBytes, uint32_t layout, size_t *length) {
	const uint8_t *copy = newestCopy(memory, memoryBytes);
	if (!copy || ((const Head *)copy)->layout != layout)
		return NULL;
	*length = ((const Head *)copy)->length;
	return copy + sizeof(Head);
}

bool retainedWrite(uint8_t *memory, size_t memoryBytes, uint32_t layout, const uint8_t *record, size_t length) {
	const uint8_t *newest = newestCopy(memory, memoryBytes);
	uint8_t *copy = newest == memory ? memory + copyBytes(memoryBytes) : memory;
	volatile Head *head = (volatile Head *)copy;
	Head next = { magic, layout, newest ? ((const Head *)newest)->sequence + 1 : 1, (uint32_t)length, 0 };
	size_t i;
	if (length > retainedRoom(memoryBytes))
		return false;
	if (!newest)
		retainedErase(memory, memoryBytes);
	/* Invalid until it is complete: a reset may come at any point. */
	head->magic = 0;
	for (i = 0; i < length; i++)
		((volatile uint8_t *)copy)[sizeof(Head) + i] = record[i];
	next.crc = crcOf(&next, record);
	head->layout = next.layout;
	head->sequence = next.sequence;
	head->length = next.length;
	head->crc = next.crc;
	head->magic = next.magic;
	return true;
}

void retainedErase(uint8_t *memory, size_t memoryBytes) {
	size_t i;
	for (i = 0; i < copies; i++)
		((volatile Head *)(memory + i * copyBytes(memoryBytes)))->magic = 0;
}
