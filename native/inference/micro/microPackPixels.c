#include "microDot.h"

/* Statements here are made by macros that clang-format takes for expressions. */
/* clang-format off */

#define putPair(q, at) to[(at) * microPairs + q] = (int32_t)((uint32_t)even##q[at] + ((uint32_t)odd##q[at] << 16));
#if microPairs > 1
	#define putPixels(at) { putPair(0, at) putPair(1, at) }
	#define nextPixels(by) even0 += by, odd0 += by, even1 += by, odd1 += by, to += by * microPairs
#else
	#define putPixels(at) { putPair(0, at) }
	#define nextPixels(by) even0 += by, odd0 += by, to += by
#endif

microUnrolled void packPixels(int32_t *to, const int8_t *const *from, int32_t count) {
	const int8_t *even0 = from[0], *odd0 = from[1];
#if microPairs > 1
	const int8_t *even1 = from[2], *odd1 = from[3];
#endif
	const int8_t *end = even0 + (count & 1);
	for (; even0 != end; nextPixels(1))
		putPixels(0)
	for (end += count & ~1; even0 != end; nextPixels(2)) {
		putPixels(0) putPixels(1)
	}
}
