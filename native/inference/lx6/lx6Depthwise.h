/* DEPTHWISE_CONV_2D on the multiplier of LX6, for kernels of 3 by 3: see externalKernel.h. */
#ifndef LOAM_LX6_DEPTHWISE_H
#define LOAM_LX6_DEPTHWISE_H

#include "../inferenceOptions.h"
#include "../micro/microGeometry.h"

bool lx6DepthwiseNeed(const MicroGeometry *geometry, MicroNeed *need);
void lx6DepthwiseRun(const MicroGeometry *geometry, const MicroRange *range, const MicroNode *node);

#endif
