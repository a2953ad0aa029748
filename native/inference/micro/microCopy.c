#include "microCopy.h"

#include <string.h>

microUnrolled void microCopy(int8_t *to, const int8_t *from, int32_t count) {
#if defined(__GNUC__)
	/* A word that may alias bytes of any type. */
	typedef uint32_t __attribute__((may_alias)) Word;
	if ((((uintptr_t)to | (uintptr_t)from) & 3) == 0) {
		for (; count >= 16; count -= 16, to += 16, from += 16) {
			const Word *source = (const Word *)(uintptr_t)from;
			Word *sink = (Word *)(uintptr_t)to, a = source[0], b = source[1], c = source[2], d = source[3];
			sink[0] = a;
			sink[1] = b;
			sink[2] = c;
			sink[3] = d;
		}
		for (; count >= 4; count -= 4, to += 4, from += 4)
			*(Word *)(uintptr_t)to = *(const Word *)(uintptr_t)from;
	}
#endif
	while (count-- > 0)
		*to++ = *from++;
}

void microFill(int8_t *to, int32_t value, int32_t count) {
	if (count > 0)
		memset(to, value, (size_t)count);
}
