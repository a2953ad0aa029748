/* Bytes from one place to another; word by word where both sides are aligned, which is all the C library's small memcpy lacks. */
#ifndef LOAM_MICRO_COPY_H
#define LOAM_MICRO_COPY_H

#include "micro.h"

void microCopy(int8_t *to, const int8_t *from, int32_t count);
void microFill(int8_t *to, int32_t value, int32_t count);

#endif
