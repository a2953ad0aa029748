/* DEPTHWISE_CONV_2D with few outputs a channel, on the multiplier of LX6: see externalKernel.h, whose functions these are for them. */
#ifndef LOAM_LX6_DIRECT_H
#define LOAM_LX6_DIRECT_H

#include "../inferenceOptions.h"
#include "../micro/microGeometry.h"

bool lx6DirectNeed(const MicroGeometry *geometry, MicroNeed *need);
void lx6DirectRun(const MicroGeometry *geometry, const MicroRange *range, const MicroNode *node);

#endif
