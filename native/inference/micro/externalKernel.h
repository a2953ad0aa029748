/*
 * Convolutions and fully connected layers by external kernels. With INFERENCE_ESP_NN defined (the manifest in ../espnn does), layers that
 * Espressif's esp-nn can compute run on it: on an ESP32-S3 its vector instructions are several times as fast. It needs
 * whole, separate buffers for input and output, so the arena must hold the largest layer's input and output.
 * With INFERENCE_MAC16 defined, they run on the 16-bit multiplier of the ESP32 and ESP32-S3: see ../lx6.
 */
#ifndef LOAM_EXTERNAL_KERNEL_H
#define LOAM_EXTERNAL_KERNEL_H

#include "../inferenceOptions.h"
#include "microChannels.h"
#include "microGeometry.h"

#if defined(INFERENCE_ESP_NN) || defined(INFERENCE_MAC16)

/*
 * Whether they compute this layer exactly; else the portable path does.
 * @param need filled in with what they need; may be NULL
 */
bool externalKernelNeed(
	const MicroGeometry *geometry, bool depthwise, const MicroRange *range, const MicroNode *node, MicroNeed *need);

/* Computes such a layer. */
void externalKernelRun(const MicroGeometry *geometry, bool depthwise, const MicroRange *range, const MicroNode *node);

#else

static inline bool externalKernelNeed(
	const MicroGeometry *geometry, bool depthwise, const MicroRange *range, const MicroNode *node, MicroNeed *need) {
	(void)geometry;
	(void)depthwise;
	(void)range;
	(void)node;
	(void)need;
	return false;
}

static inline void externalKernelRun(
	const MicroGeometry *geometry, bool depthwise, const MicroRange *range, const MicroNode *node) {
	(void)geometry;
	(void)depthwise;
	(void)range;
	(void)node;
}

#endif

#if defined(INFERENCE_MAC16)

/* The same for FULLY_CONNECTED: rows of `count` inputs, as many weights an output. */
bool externalConnectNeed(const MicroNode *node, int32_t count, MicroNeed *need);
void externalConnectRun(const MicroNode *node, const MicroRange *range, int32_t rows, int32_t count, int32_t outputs);

#else

static inline bool externalConnectNeed(const MicroNode *node, int32_t count, MicroNeed *need) {
	(void)node;
	(void)count;
	(void)need;
	return false;
}

static inline void externalConnectRun(
	const MicroNode *node, const MicroRange *range, int32_t rows, int32_t count, int32_t outputs) {
	(void)node;
	(void)range;
	(void)rows;
	(void)count;
	(void)outputs;
}

#endif

#endif
