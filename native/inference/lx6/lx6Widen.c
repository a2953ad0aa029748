#include "../inferenceOptions.h"
#include "lx6Widen.h"

#if defined(INFERENCE_MAC16)

	#define evenBytes 0x00FF00FFu
	#define oddBytes 0xFF00FF00u
	#define signs 0x80808080u

	#define pixelWord(i) \
		{ \
			const uint32_t word = words[i] ^ signs; \
			halves[2 * (i)] = word & evenBytes; \
			halves[2 * (i) + 1] = (word >> 8) & evenBytes; \
		}
	#define weightWord(i) \
		{ \
			const uint32_t word = words[i]; \
			halves[2 * (i)] = (word << 8) & oddBytes; \
			halves[2 * (i) + 1] = word & oddBytes; \
		}
	/* Words of a pointer that has been checked: see lx6InWords. */
	#define byWords(turn) \
		const uint32_t *words = (const uint32_t *)(const void *)from, *end = words + count / 4, \
					   *whole = end - count / 4 % 4; \
		uint32_t *halves = (uint32_t *)(void *)to; \
		for (; words != whole; words += 4, halves += 8) { \
			turn(0) turn(1) turn(2) turn(3) \
		} \
		for (; words != end; words++, halves += 2) \
		turn(0)

uint16_t *lx6WidenWords(uint16_t *to, const int8_t *from, int32_t count) {
	byWords(pixelWord);
	return (uint16_t *)halves;
}

void lx6WeightWords(uint16_t *to, const int8_t *from, int32_t count) {
	byWords(weightWord);
}

	#define pixelByte(i) to[i] = (uint16_t)((uint8_t)from[i] ^ 0x80);
	#define weightByte(i) to[i] = (uint16_t)((uint8_t)from[i] << 8);
	#define byBytes(turn) \
		const int8_t *end = from + count, *whole = end - count % 4; \
		for (; from != whole; from += 4, to += 4) { \
			turn(0) turn(1) turn(2) turn(3) \
		} \
		for (; from != end; from++, to++) \
		turn(0)

uint16_t *lx6WidenBytes(uint16_t *to, const int8_t *from, int32_t count) {
	byBytes(pixelByte);
	return to;
}

uint16_t *lx6Repeat(uint16_t *to, int8_t value, int32_t count) {
	for (; count > 0; count--)
		*to++ = (uint16_t)((uint8_t)value ^ 0x80);
	return to;
}

void lx6WeightBytes(uint16_t *to, const int8_t *from, int32_t count) {
	byBytes(weightByte);
}

#endif
