#include "simImage.h"

#include <string.h>

enum {
	magic = 0xE9,
	headBytes = 24,  /* esp_image_header_t; the number of segments is at 1 */
	segmentHead = 8, /* esp_image_segment_header_t: address, length */
	mostSegments = 16,
	checkStart = 0xEF,
	checkAlignment = 16, /* the checksum is the last byte of this many */
	/* esp_app_desc_t, at the start of the first segment: its length, and its version of 32 bytes after magic, secure version and a reserve. */
	descriptionBytes = 256,
	versionAt = headBytes + segmentHead + 16,
};
static const uint32_t descriptionMagic = 0xABCD5432;

static uint32_t word(const uint8_t *at) {
	return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static void putWord(uint8_t *at, uint32_t value) {
	int i;
	for (i = 0; i < 4; i++)
		at[i] = (uint8_t)(value >> (8 * i));
}

void simImageMake(uint8_t image[SIM_IMAGE_LEAST]) {
	uint8_t check = checkStart;
	uint32_t i;
	memset(image, 0, SIM_IMAGE_LEAST);
	image[0] = magic;
	image[1] = 1;
	putWord(image + headBytes + 4, descriptionBytes);
	putWord(image + headBytes + segmentHead, descriptionMagic);
	for (i = 0; i < descriptionBytes; i++)
		check ^= image[headBytes + segmentHead + i];
	image[SIM_IMAGE_LEAST - 1] = check;
}

bool simImageIsGood(const SimPartition *partition) {
	const uint8_t *image = simFlashBytes(partition);
	uint32_t at = headBytes, i, segment;
	uint8_t check = checkStart;
	if (image[0] != magic || image[1] < 1 || image[1] > mostSegments)
		return false;
	for (segment = 0; segment < image[1]; segment++) {
		uint32_t length;
		if (partition->size - at < segmentHead)
			return false;
		length = word(image + at + 4);
		at += segmentHead;
		if (length > partition->size - at)
			return false;
		for (i = 0; i < length; i++)
			check ^= image[at + i];
		at += length;
	}
	at |= checkAlignment - 1;
	return at < partition->size && image[at] == check;
}

const char *simImageVersion(const SimPartition *partition) {
	static char version[33];
	const uint8_t *image = simFlashBytes(partition);
	version[0] = 0;
	if (word(image + headBytes + segmentHead) == descriptionMagic)
		memcpy(version, image + versionAt, 32);
	return version;
}
