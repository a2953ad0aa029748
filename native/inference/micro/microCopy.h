/* Bytes from one place to another. */
#ifndef LOAM_MICRO_COPY_H
#define LOAM_MICRO_COPY_H

#include <stdint.h>

/* Words of any type. */
#if defined(__GNUC__)
typedef uint32_t __attribute__((may_alias)) MicroAnyWord;
#else
typedef uint32_t MicroAnyWord;
#endif

/*
 * A copy by words where both places are at multiples of 4; the small memcpy of the C library takes as many instructions for a byte. The places
 * do not overlap, or are the same.
 */
void microCopy(void *to, const void *from, uint32_t bytes);

#endif
