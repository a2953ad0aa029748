#include "../micro/externalKernel.h"
#include "lx6Connect.h"
#include "lx6Conv.h"
#include "lx6Depthwise.h"
#include "lx6Direct.h"
#include "lx6Plane.h"

#if defined(INFERENCE_MAC16)

/* A convolution of so few pixels that weights are hardly used again. */
static bool isConnected(const MicroGeometry *g, const MicroNode *node, MicroNeed *need) {
	const int32_t pixels = g->batches * g->outHeight * g->outWidth;
	if ((g->kernelHeight * g->kernelWidth * g->strideHeight * g->strideWidth > 1) || (pixels > 2) ||
		!lx6ConnectNeed(node, g->inChannels, need))
		return false;
	if (need)
		need->overlap[0].forward = microWindowOverlap(g, 1).forward;
	return true;
}

bool externalKernelNeed(
	const MicroGeometry *geometry, bool depthwise, const MicroRange *range, const MicroNode *node, MicroNeed *need) {
	(void)range;
	if (depthwise && (geometry->inChannels > 1))
		return lx6DirectNeed(geometry, need) || lx6DepthwiseNeed(geometry, need) || lx6PlaneNeed(geometry, need);
	return (!depthwise && isConnected(geometry, node, need)) || lx6ConvNeed(geometry, depthwise, need);
}

void externalKernelRun(const MicroGeometry *geometry, bool depthwise, const MicroRange *range, const MicroNode *node) {
	if (depthwise && (geometry->inChannels > 1))
		(lx6DirectNeed(geometry, NULL)             ? lx6DirectRun
				: lx6DepthwiseNeed(geometry, NULL) ? lx6DepthwiseRun
												   : lx6PlaneRun)(geometry, range, node);
	else if (!depthwise && isConnected(geometry, node, NULL))
		lx6ConnectRun(node, range, geometry->batches * geometry->outHeight * geometry->outWidth, geometry->inChannels,
			geometry->outChannels);
	else
		lx6ConvRun(geometry, depthwise, range, node);
}

bool externalConnectNeed(const MicroNode *node, int32_t count, MicroNeed *need) {
	return lx6ConnectNeed(node, count, need);
}

void externalConnectRun(const MicroNode *node, const MicroRange *range, int32_t rows, int32_t count, int32_t outputs) {
	lx6ConnectRun(node, range, rows, count, outputs);
}

#endif
