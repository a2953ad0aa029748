#include "microSmall.h"
#include "microCopy.h"

void microCopy(void *to, const void *from, uint32_t bytes) {
	MicroAnyWord *word = (MicroAnyWord *)to;
	const MicroAnyWord *source = (const MicroAnyWord *)from;
	const uint8_t *last, *end;
	uint8_t *sink;

	if (!(((uintptr_t)to | (uintptr_t)from) & 3))
		for (; bytes >= 4; bytes -= 4)
			*word++ = *source++;
	sink = (uint8_t *)word;
	last = (const uint8_t *)source;
	for (end = last + bytes; last != end;)
		*sink++ = *last++;
}
