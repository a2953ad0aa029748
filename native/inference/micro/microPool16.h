/* AVERAGE_POOL_2D and MAX_POOL_2D of int16, see microPool.c. */
#ifndef LOAM_MICRO_POOL16_H
#define LOAM_MICRO_POOL16_H

#include "microGeometry.h"

/* Runs a node that passed the pools' check. */
void microPool16(MicroNode *node, const MicroGeometry *geometry, const MicroRange *range);

#endif
