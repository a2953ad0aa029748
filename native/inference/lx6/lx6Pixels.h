/* The pixels of a convolution's block, widened. */
#ifndef LOAM_LX6_PIXELS_H
#define LOAM_LX6_PIXELS_H

#include "lx6Plan.h"

typedef struct {
	const int8_t *data;
	uint32_t zero; /* see lx6WidenWords */
	uint16_t *(*widen)(uint16_t *to, const int8_t *from, int32_t count, uint32_t zero);
} Lx6Image;

/* `count` pixels of outputs from `first` on, which are whole rows where the plan has lines: their windows, or the lines of the image that they need. */
void lx6WidenBlock(const MicroGeometry *geometry, const Lx6Plan *plan, const Lx6Image *image, int32_t first,
	int32_t count, uint16_t *to);

#endif
