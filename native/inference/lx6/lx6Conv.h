/* CONV_2D on the multiplier of LX6: see externalKernel.h, whose functions these are for convolutions with one input channel a weight. */
#ifndef LOAM_LX6_CONV_H
#define LOAM_LX6_CONV_H

#include "../inferenceOptions.h"
#include "../micro/microGeometry.h"

bool lx6ConvNeed(const MicroGeometry *geometry, MicroNeed *need);
void lx6ConvRun(const MicroGeometry *geometry, const MicroRange *range, const MicroNode *node);

#endif
