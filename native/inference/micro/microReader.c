#include "microSmall.h"
#include "microReader.h"

#include <string.h>

/* Words of a file are aligned as a rule, where the file is. */
#if defined(__BYTE_ORDER__) && (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__)
	#define wordsAreOurs 1
#else
	#define wordsAreOurs 0
#endif

uint32_t microWord(const uint8_t *at) {
	if (wordsAreOurs && (((uintptr_t)at & 3) == 0)) {
		uint32_t word;
		memcpy(&word, __builtin_assume_aligned(at, 4), sizeof(word));
		return word;
	}
	return at[0] | ((uint32_t)at[1] << 8) | ((uint32_t)at[2] << 16) | ((uint32_t)at[3] << 24);
}

uint32_t microCount(const uint8_t *bytes, uint32_t vector) {
	return vector ? microWord(bytes + vector - 4) : 0;
}

static uint32_t half(const uint8_t *at) {
	return at[0] | ((uint32_t)at[1] << 8);
}

bool microReadTable(const uint8_t *bytes, uint32_t size, uint32_t at, uint32_t fields, uint32_t *values) {
	/* The last position that has four bytes. */
	const uint32_t last = size - 4;
	uint32_t offset = microWord(bytes + at), table = at + offset, entry, end;

	/* `at` is at most `last`. */
	if (offset > last - at)
		return false;
	/* The vtable may lie on either side of the table: wrapped arithmetic covers both. */
	entry = table - microWord(bytes + table);
	if (entry > last)
		return false;
	end = entry + half(bytes + entry);
	/* Entries may end the buffer, sizes of table and vtable before them may not. */
	if (end > size)
		return false;
	for (entry += 4; fields; fields >>= 4, entry += 2, values++) {
		const MicroField kind = (MicroField)(fields & 15);
		uint32_t place;

		*values = kind == microIntOr1;
		if ((kind == microSkip) || (entry + 2 > end) || ((offset = half(bytes + entry)) == 0))
			continue;
		place = table + offset;
		if (place > (kind == microByte ? size - 1 : last))
			return false;
		if (kind == microByte)
			*values = bytes[place];
		else if (kind == microPosition)
			*values = place;
		else {
			*values = microWord(bytes + place);
			if (kind >= microVector1) {
				if (*values > last - place)
					return false;
				place += *values;
				/* Shifted by 0, 2 and 3 for elements of 1, 4 and 8 bytes. */
				if (microWord(bytes + place) > (last - place) >> (kind == microVector1 ? 0 : kind - microVector4 + 2))
					return false;
				*values = place + 4;
			}
		}
	}
	return true;
}
