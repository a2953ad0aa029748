#include "microCopy.h"

#include <string.h>

/* A word that may alias bytes of any type. */
#if defined(__GNUC__)
typedef uint32_t __attribute__((may_alias)) Word;
#endif

#if defined(__GNUC__)
	#define wordsWhile(with) \
		if ((((uintptr_t)to | (uintptr_t)from) & 3) == 0) { \
			for (; count >= 16; count -= 16, to += 16, from += 16) { \
				const Word *source = (const Word *)(uintptr_t)from; \
				Word *sink = (Word *)(uintptr_t)to, a = source[0], b = source[1], c = source[2], d = source[3]; \
				sink[0] = a ^ (with); \
				sink[1] = b ^ (with); \
				sink[2] = c ^ (with); \
				sink[3] = d ^ (with); \
			} \
			for (; count >= 4; count -= 4, to += 4, from += 4) \
				*(Word *)(uintptr_t)to = *(const Word *)(uintptr_t)from ^ (with); \
		}
#else
	#define wordsWhile(with)
#endif

void microCopy(int8_t *to, const int8_t *from, int32_t count) {
	wordsWhile(0u)
	while (count-- > 0)
		*to++ = *from++;
}

void microCopyUnsigned(uint8_t *to, const uint8_t *from, int32_t count) {
	/* In two's complement, adding 128 is turning the top bit. */
	wordsWhile(0x80808080u)
	for (; count >= 4; count -= 4, to += 4, from += 4) {
		uint8_t a = from[0], b = from[1], c = from[2], d = from[3];
		to[0] = a ^ 0x80;
		to[1] = b ^ 0x80;
		to[2] = c ^ 0x80;
		to[3] = d ^ 0x80;
	}
	while (count-- > 0)
		*to++ = *from++ ^ 0x80;
}

void microFill(int8_t *to, int32_t value, int32_t count) {
	if (count > 0)
		memset(to, value, (size_t)count);
}
