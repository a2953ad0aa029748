#include "../micro/externalKernel.h"
#include "lx6Conv.h"
#include "lx6Depthwise.h"

#if defined(INFERENCE_MAC16)

bool externalKernelNeed(
	const MicroGeometry *geometry, bool depthwise, const MicroRange *range, const MicroNode *node, MicroNeed *need) {
	(void)range;
	(void)node;
	return depthwise ? lx6DepthwiseNeed(geometry, need) : lx6ConvNeed(geometry, need);
}

void externalKernelRun(const MicroGeometry *geometry, bool depthwise, const MicroRange *range, const MicroNode *node) {
	if (depthwise)
		lx6DepthwiseRun(geometry, range, node);
	else
		lx6ConvRun(geometry, range, node);
}

#endif
