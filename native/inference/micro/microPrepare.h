/* The prepared table, see microPrepare.c: for the engine, and for the program that makes the table of a file. */
#ifndef LOAM_MICRO_PREPARE_H
#define LOAM_MICRO_PREPARE_H

#include "micro.h"

/* What is before the records, in words: the order in which the plan's buffers are placed, after their number. */
enum {
	microTableChecksum,
	microTableCopies, /* whether no tensor is a part of another one, see microPlan.c */
	microTableSpan,   /* bytes of the plan */
	microTableBuffers,
	microTableOrder
};

/* The model's prepared table when it is of this file and this version, by its checksum, or NULL. */
const uint32_t *microTrusted(const Inference *inference);
/*
 * From inference->prepared, the model's table or NULL, to its records when they are right, else to those that it makes in the `bytes` behind what the arena's
 * plan uses, when they are enough.
 */
void microPrepare(Inference *inference, uint32_t bytes);
/* A node from its place in the table, valid as from microDecodeNode. Returns the next one's place. */
const uint32_t *microPreparedNode(const Inference *inference, const uint32_t *at, MicroNode *node);
/* The same for an operator that does not run. */
static inline const uint32_t *microPassOver(const uint32_t *at) {
	return at + *at;
}

/* Where a table is made, or passed through. */
typedef struct {
	uint32_t *at, *end;
	bool isModels; /* it is there: what is put is compared with it */
} MicroTable;

/* False when it does not fit, or is not what is there. */
bool microPut(MicroTable *table, const void *from, uint32_t words);

/* An operator, decoded into *node, up to the number of its layer's channels. False as microPut. */
bool microPutNode(MicroTable *table, const Inference *inference, uint32_t index, MicroNode *node);

/* The channels of a layer that has them in a model's table, else 0. */
uint32_t microPreparedChannels(const MicroNode *node);

/* The most taps of a row of weights that have a list of their own, see MicroDots; 0 for layers without. */
uint32_t microListedTaps(const MicroNode *node, uint32_t channels);

/* Where the model's table is if it has one with room for its order: its last buffer. Or NULL. */
uint32_t *microFindPrepared(const Inference *inference);

/* Its words: before a buffer's data is the number of its bytes. */
static inline uint32_t microPreparedWords(const uint32_t *table) {
	return table[-1] / 4;
}

/* Where its records begin. */
static inline uint32_t microRecordsAt(const uint32_t *table) {
	return microTableOrder + table[microTableBuffers];
}

/* What the checksum has to be. */
uint32_t microChecksum(const Inference *inference, const uint32_t *table);

#endif
