/* What the operators that change an image's height and width share. */
#ifndef LOAM_MICRO_RESIZE_H
#define LOAM_MICRO_RESIZE_H

#include "micro.h"

/* Images of four dimensions, the output's height and width as the second input has them, no dimension above `most`. */
InferenceStatus microCheckResize(MicroNode *node, int32_t most);

#endif
