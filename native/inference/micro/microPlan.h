/* Where buffers lie: the search alone, on records that microPlan fills from the model. */
#ifndef LOAM_MICRO_PLAN_H
#define LOAM_MICRO_PLAN_H

#include "../inferenceOptions.h"
#include "micro.h"

/* A tensor or an operator's scratch, alive from operator `first` to operator `last`, both included; -1 is before the first. */
typedef struct {
	uint32_t size, offset; /* multiples of microAlignment */
	int16_t first, last;
	uint16_t tensor; /* microNone for scratch */
	/* For an operator's output: the buffers of its first two inputs, or microNone, and how it may lie over them. */
	uint16_t input[2];
	uint16_t order; /* none of this buffer's: the number of the buffer that the search places at this one's turn */
	MicroOverlap overlap[2];
} MicroBuffer;

/* Tensors and buffers are fewer. */
#define microNone 0xFFFF

typedef struct {
	MicroBuffer *buffers;
	uint32_t count;
} MicroLayout;

/*
 * Offsets are multiples of this, and with that the limits of an overlap can be. The ESP32-S3's vector loads drop the low bits of
 * an address.
 */
#if defined(INFERENCE_ESP_NN)
	#define microAlignment 16
#else
	#define microAlignment 4
#endif

/* Offsets and sizes stay below this, so that sums of two fit 32 bits with a sign. */
#define microMostRoom 0x3FFFFFFC

/* Gives every buffer its offset and returns the bytes they span; more than microMostRoom when no place was found. */
uint32_t microPlace(MicroLayout *layout);

#endif
