#include "../inferenceOptions.h"
#include "lx6Widen.h"

#if defined(INFERENCE_MAC16)

	#include "lx6Mac16.h"

	#define evenBytes 0x00FF00FFu
	#define oddBytes 0xFF00FF00u
	#define signs 0x80808080u
	#define highest 0x80008000u

	/* Nothing is taken from values of which the least is 0: in most layers, whose inputs come out of a ReLU. */
	#define pixelWord(i) \
		{ \
			const uint32_t word = words[i] ^ signs; \
			halves[2 * (i)] = word & evenBytes; \
			halves[2 * (i) + 1] = (word >> 8) & evenBytes; \
		}
	/* The highest bit of a half keeps the other one's borrow away. */
	#define lessWord(i) \
		{ \
			const uint32_t word = words[i] ^ signs; \
			halves[2 * (i)] = ((word & evenBytes) + less) ^ highest; \
			halves[2 * (i) + 1] = (((word >> 8) & evenBytes) + less) ^ highest; \
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

uint16_t *lx6WidenWords(uint16_t *to, const int8_t *from, int32_t count, uint32_t zero) {
	const uint32_t less = highest - zero * 0x10001u;
	if (zero) {
		byWords(lessWord);
		return (uint16_t *)halves;
	} else {
		byWords(pixelWord);
		return (uint16_t *)halves;
	}
}

void lx6WeightWords(uint16_t *to, const int8_t *from, int32_t count) {
	byWords(weightWord);
}

	#define pixelByte(i) to[i] = (uint16_t)(((uint8_t)from[i] ^ 0x80u) - zero);
	#define weightByte(i) to[i] = (uint16_t)((uint8_t)from[(i)*step] << 8);
	#define byBytes(turn, step) \
		uint16_t *end = to + count, *whole = end - count % 4; \
		for (; to != whole; from += 4 * (step), to += 4) { \
			turn(0) turn(1) turn(2) turn(3) \
		} \
		for (; to != end; from += (step), to++) \
		turn(0)

uint16_t *lx6WidenBytes(uint16_t *to, const int8_t *from, int32_t count, uint32_t zero) {
	byBytes(pixelByte, 1);
	return to;
}

static inline void weightBytes(uint16_t *to, const int8_t *from, int32_t step, int32_t count) {
	byBytes(weightByte, step);
}

void lx6WeightBytes(uint16_t *to, const int8_t *from, int32_t step, int32_t count) {
	if (step == 1)
		weightBytes(to, from, 1, count);
	else
		weightBytes(to, from, step, count);
}

void lx6WidenApart(uint16_t *to, int32_t toStep, const int8_t *from, int32_t step, int32_t count, uint32_t zero) {
	uint32_t value;
	if (count <= 0)
		return;
	__asm__ volatile(
		/* clang-format off */
		lx6LoopHere("%[count]")
		"l8ui %[value], %[from], 0\n"
		"add %[from], %[from], %[step]\n"
		"xor %[value], %[value], %[sign]\n"
		"sub %[value], %[value], %[zero]\n"
		"s16i %[value], %[to], 0\n"
		"add %[to], %[to], %[toStep]\n"
		"7:\n"
		/* clang-format on */
		: [to] "+&r"(to), [from] "+&r"(from), [value] "=&r"(value)
		: [count] "r"(count), [step] "r"(step), [toStep] "r"(toStep), [zero] "r"(zero), [sign] "r"(0x80)
		: "memory");
}

#endif
