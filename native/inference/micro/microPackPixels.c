#include "microDot.h"

/* Four values at once, unless one is repeated. */
#define pack(put) \
	do { \
		if (step) \
			for (; count >= 4; count -= 4, from += 4, to += 4 * microPairs) { \
				int32_t a = from[0], b = from[1], c = from[2], d = from[3]; \
				put(to[0], a); \
				put(to[microPairs], b); \
				put(to[2 * microPairs], c); \
				put(to[3 * microPairs], d); \
			} \
		for (; count > 0; count--, from += step, to += microPairs) \
			put(*to, *from); \
	} while (0)

#define putEven(word, value) word = (value)
#define putOdd(word, value) word = (int32_t)((uint32_t)word + ((uint32_t)(value) << 16))

microUnrolled int32_t *packPixelPairs(int32_t *to, const int8_t *from, int32_t step, int32_t count, bool odd) {
	if (odd)
		pack(putOdd);
	else
		pack(putEven);
	return to;
}
