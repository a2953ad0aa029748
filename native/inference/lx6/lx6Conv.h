/* CONV_2D, and DEPTHWISE_CONV_2D of one channel, on the multiplier of LX6: see externalKernel.h, whose functions these are for them. */
#ifndef LOAM_LX6_CONV_H
#define LOAM_LX6_CONV_H

#include "../inferenceOptions.h"
#include "../micro/microGeometry.h"

bool lx6ConvNeed(const MicroGeometry *geometry, bool depthwise, MicroNeed *need);
void lx6ConvRun(const MicroGeometry *geometry, bool depthwise, const MicroRange *range, const MicroNode *node);

#endif
