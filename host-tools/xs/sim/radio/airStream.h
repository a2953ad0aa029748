/* The lines to and from the medium. */
#ifndef LOAM_AIR_STREAM_H
#define LOAM_AIR_STREAM_H

#include <stdbool.h>
#include <stdio.h>

/* Returns false when the program runs without a medium. A stream that cannot be opened is NULL. */
bool airStreamOpen(FILE **toAir, FILE **fromAir);

#endif
