#include "microDot.h"

/* A word that may alias bytes of any type. */
#if defined(__GNUC__)
typedef uint32_t __attribute__((may_alias)) Word;
#endif

/* The next pixel's taps lie between one group of four and the next. */
static uint8_t *put(uint8_t *to, uint8_t value) {
	*to++ = value ^ 0x80;
	return ((uintptr_t)to & 3) ? to : to + (microWovenGroup - 4);
}

uint8_t *microWeave(uint8_t *to, const uint8_t *from, int32_t step, int32_t count) {
	for (; (count > 0) && ((uintptr_t)to & 3); count--, from += step)
		to = put(to, *from);
	if (step) {
		/* In two's complement, adding 128 is turning the top bit. */
#if defined(__GNUC__)
		if (((uintptr_t)from & 3) == 0)
			for (; count >= 16; count -= 16, from += 16, to += 4 * microWovenGroup) {
				const Word *source = (const Word *)(uintptr_t)from;
				Word a = source[0], b = source[1], c = source[2], d = source[3];
				*(Word *)(uintptr_t)to = a ^ 0x80808080u;
				*(Word *)(uintptr_t)(to + microWovenGroup) = b ^ 0x80808080u;
				*(Word *)(uintptr_t)(to + 2 * microWovenGroup) = c ^ 0x80808080u;
				*(Word *)(uintptr_t)(to + 3 * microWovenGroup) = d ^ 0x80808080u;
			}
#endif
		for (; count >= 4; count -= 4, from += 4, to += microWovenGroup) {
			uint8_t a = from[0], b = from[1], c = from[2], d = from[3];
			to[0] = a ^ 0x80;
			to[1] = b ^ 0x80;
			to[2] = c ^ 0x80;
			to[3] = d ^ 0x80;
		}
	}
	for (; count > 0; count--, from += step)
		to = put(to, *from);
	return to;
}
