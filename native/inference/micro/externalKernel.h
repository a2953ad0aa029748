/*
 * Convolutions by external kernels. With INFERENCE_ESP_NN defined (the manifest in ../espnn does), layers that
 * Espressif's esp-nn can compute run on it: on an ESP32-S3 its vector instructions are several times as fast. It needs
 * whole, separate buffers for input and output, so the arena must hold the largest layer's input and output.
 */
#ifndef LOAM_EXTERNAL_KERNEL_H
#define LOAM_EXTERNAL_KERNEL_H

#include "../inferenceOptions.h"
#include "microChannels.h"
#include "microGeometry.h"

#if defined(INFERENCE_ESP_NN)

/* Bytes of scratch for this layer; 0 when esp-nn cannot compute it exactly: then the portable path does. */
uint32_t externalKernelScratch(
	const MicroGeometry *geometry, bool depthwise, const MicroRange *range, const MicroNode *node);

/* Computes a layer that externalKernelScratch gave a size for. */
void externalKernelRun(const MicroGeometry *geometry, bool depthwise, const MicroRange *range, const MicroNode *node);

#else

static inline uint32_t externalKernelScratch(
	const MicroGeometry *geometry, bool depthwise, const MicroRange *range, const MicroNode *node) {
	(void)geometry;
	(void)depthwise;
	(void)range;
	(void)node;
	return 0;
}

static inline void externalKernelRun(
	const MicroGeometry *geometry, bool depthwise, const MicroRange *range, const MicroNode *node) {
	(void)geometry;
	(void)depthwise;
	(void)range;
	(void)node;
}

#endif

#endif
