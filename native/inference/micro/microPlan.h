/* The placement of buffers: only the search, on records that microPlan fills from the model. */
#ifndef LOAM_MICRO_PLAN_H
#define LOAM_MICRO_PLAN_H

#include "../inferenceOptions.h"
#include "micro.h"

/* A tensor or an operator's scratch, alive from operator `first` to operator `last`, both included; -1 is before the first. */
typedef struct {
	uint32_t size, offset; /* multiples of microAlignment; size 0 for a part, see microParts.h */
	int16_t first, last;
	uint16_t tensor; /* microNone for scratch */
	/* For an operator's output: the buffers of its first two inputs, or microNone, and how it may overlap them. */
	uint16_t input[2];
	uint16_t order; /* unrelated to this buffer: entry of the search order at this index */
	MicroOverlap overlap[2];
} MicroBuffer;

/* Tensors and buffers are fewer. */
#define microNone 0xFFFF

/* What is planned, and the plan. */
typedef struct {
	Inference *inference;
	InferenceError *error;
	uint32_t room; /* bytes behind the arena's used ones */
	MicroBuffer *buffers;
	uint32_t count;
	bool copies; /* no tensor is a part of another one */
} MicroLayout;

/*
 * Offsets are multiples of this, so the limits of an overlap are rounded to it. The ESP32-S3's vector loads drop the low bits of
 * an address.
 */
#if defined(INFERENCE_ESP_NN)
	#define microAlignment 16
#else
	#define microAlignment 4
#endif

/* Kernels that take other scratch than those with which tables are made: the order in one is not that of their buffers. */
#if defined(INFERENCE_MAC16) || defined(INFERENCE_ESP_NN)
enum { microTakesOrder = 0 };
#else
enum { microTakesOrder = 1 };
#endif

/* Offsets and sizes stay below this, so that sums of two fit int32. */
#define microMaxRoom 0x3FFFFFFC

/* Assigns every buffer's offset and returns their span in bytes; more than microMaxRoom when no placement was found. */
uint32_t microPlace(MicroLayout *layout);
/* The same for a known order, of buffers without a place; microNowhere, with no offsets, when one is not in it once. */
uint32_t microPlaceAs(MicroLayout *layout, const uint32_t *order);

/*
 * Checks every operator and assigns every tensor and scratch buffer its offset in the rest of the arena: the layout's `room` after the
 * inference->used bytes already used, to which it adds its own; inference, error and room are given. While inference->prepared is a model's table, by the order in it if that gives
 * the span in it. The layout's records are in the arena until something is written there.
 */
InferenceStatus microPlan(MicroLayout *layout);

#endif
