/* DEPTHWISE_CONV_2D on the multiplier of LX6, for kernels of any size, without dilation along their longer side: see externalKernel.h. */
#ifndef LOAM_LX6_PLANE_H
#define LOAM_LX6_PLANE_H

#include "../inferenceOptions.h"
#include "../micro/microGeometry.h"

bool lx6PlaneNeed(const MicroGeometry *geometry, MicroNeed *need);
void lx6PlaneRun(const MicroGeometry *geometry, const MicroRange *range, const MicroNode *node);

#endif
