/*
 * The search for offsets: rectangle packing in time and space. A buffer is placed at the lowest offset that is free of conflicts with those placed before it;
 * the order determines the result. The first order, by size, is the best for nearly every real graph; others are tried until
 * several in a row do not improve it. The search is deterministic and bounded.
 */
#include "microSmall.h"
#include "microPlan.h"

/* Orders tried without improvement before the search restarts from the order of execution, and before it ends. */
#define microMaxVainOrders 12

/* The allowed overlap of an operator's output b with its input a, NULL when b is not its output or a is still live. */
static const MicroOverlap *allowedOverlap(const MicroLayout *layout, const MicroBuffer *a, const MicroBuffer *b) {
	const ptrdiff_t input = a - layout->buffers;
	if (a->last != b->first)
		return NULL;
	return b->input[0] == input ? &b->overlap[0] : b->input[1] == input ? &b->overlap[1] : NULL;
}

static bool overlapAllowed(const MicroLayout *layout, const MicroBuffer *in, const MicroBuffer *out) {
	const MicroOverlap *overlap = allowedOverlap(layout, in, out);
	int32_t distance = (int32_t)(in->offset - out->offset);
	return overlap &&
		(((distance == 0) && (overlap->forward == microExactly)) || (distance >= overlap->forward) ||
			(-distance >= overlap->backward));
}

static bool lifetimesIntersect(const MicroBuffer *a, const MicroBuffer *b) {
	return (a->first <= b->last) && (b->first <= a->last);
}

/* Whether two buffers' places are compatible. */
static bool mayPlace(const MicroLayout *layout, const MicroBuffer *a, const MicroBuffer *b) {
	return !lifetimesIntersect(a, b) || (a->offset + a->size <= b->offset) || (b->offset + b->size <= a->offset) ||
		overlapAllowed(layout, a, b) || overlapAllowed(layout, b, a);
}

/* Moves the buffer to `offset` when that is lower than `best` and compatible with the first `count` of the order. Returns the lower one. */
static uint32_t tryAt(const MicroLayout *layout, MicroBuffer *buffer, uint32_t count, uint32_t offset, uint32_t best) {
	uint32_t i;
	/* An offset before the first byte has wrapped around, and is far above. */
	if (offset >= best)
		return best;
	buffer->offset = offset;
	for (i = 0; i < count; i++)
		if (!mayPlace(layout, &layout->buffers[layout->buffers[i].order], buffer))
			return best;
	return offset;
}

/* Places buffers in their order and returns the bytes they span. */
static uint32_t placeAll(MicroLayout *layout) {
	uint32_t peak = 0, i, j;
	for (i = 0; i < layout->count; i++) {
		MicroBuffer *buffer = &layout->buffers[layout->buffers[i].order];
		uint32_t best = tryAt(layout, buffer, i, 0, microMaxRoom);

		/* Candidate offsets relative to a placed buffer: past its end, and at the limits of an allowed overlap. */
		for (j = 0; j < i; j++) {
			const MicroBuffer *placed = &layout->buffers[layout->buffers[j].order];
			const MicroOverlap *over, *overlap;
			if (!lifetimesIntersect(placed, buffer))
				continue;
			over = allowedOverlap(layout, placed, buffer);
			overlap = over ? over : allowedOverlap(layout, buffer, placed);
			best = tryAt(layout, buffer, i, placed->offset + placed->size, best);
			if (overlap) {
				const uint32_t forward = (uint32_t)overlap->forward, backward = (uint32_t)overlap->backward;
				best = tryAt(layout, buffer, i, placed->offset, best);
				best = tryAt(layout, buffer, i, over ? placed->offset - forward : placed->offset + forward, best);
				best = tryAt(layout, buffer, i, over ? placed->offset + backward : placed->offset - backward, best);
			}
		}
		buffer->offset = best;
		if (best + buffer->size > peak)
			peak = best + buffer->size;
	}
	return peak;
}

/* By size, larger buffers first, earlier ones first when equal; else in the order of execution. */
static void sort(MicroLayout *layout, bool bySize) {
	uint32_t i, j;
	for (i = 0; i < layout->count; i++) {
		for (j = i; (j > 0) && bySize && (layout->buffers[layout->buffers[j - 1].order].size < layout->buffers[i].size);
			 j--)
			layout->buffers[j].order = layout->buffers[j - 1].order;
		layout->buffers[j].order = (uint16_t)i;
	}
}

/* Moves the highest buffer to the front of the order: the buffers below it will be placed on top of it instead. */
static void promoteHighest(MicroLayout *layout, uint32_t peak) {
	uint16_t top;
	uint32_t i = layout->count;
	do
		top = layout->buffers[--i].order;
	while (layout->buffers[top].offset + layout->buffers[top].size != peak);
	for (; i > 0; i--)
		layout->buffers[i].order = layout->buffers[i - 1].order;
	layout->buffers[0].order = top;
}

/* Tries orders until the buffers span no more than `enough`, or the search ends. Returns the smallest span. */
static uint32_t search(MicroLayout *layout, uint32_t enough) {
	uint32_t best = microNowhere, start;
	for (start = 0; start < 2; start++) {
		uint32_t vain;
		sort(layout, start == 0);
		for (vain = microMaxVainOrders; vain > 0; vain--) {
			uint32_t peak = placeAll(layout);
			if (peak < best) {
				best = peak;
				vain = microMaxVainOrders;
			}
			if (peak <= enough)
				return peak;
			promoteHighest(layout, peak);
		}
	}
	return best;
}

uint32_t microPlace(MicroLayout *layout) {
	/* The second search stops at the first one's best. */
	return search(layout, search(layout, 0));
}
