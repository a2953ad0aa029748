/*
 * The search for offsets: rectangle packing in time and space. A buffer is placed at the lowest offset that is free of conflicts with those placed before it;
 * the order determines the result. The first order, by size, is the best for nearly every real graph; others are tried until
 * several in a row do not improve it. The search is deterministic and bounded.
 */
#include "microSmall.h"
#include "microPlan.h"

/* Orders tried without improvement before the search restarts from the order of execution, and before it ends. */
#define microMaxVainOrders 12

/* How buffer b, an operator's output, may overlap its input a, which is not live after it; NULL for others. */
static const MicroOverlap *allowedOverlap(const MicroLayout *layout, const MicroBuffer *a, const MicroBuffer *b) {
	const ptrdiff_t input = a - layout->buffers;
	if (a->last != b->first)
		return NULL;
	return b->input[0] == input ? &b->overlap[0] : b->input[1] == input ? &b->overlap[1] : NULL;
}

/* The lowest of `offset` and the places above it at which a buffer is compatible with one that is placed and lives at the same time. */
static uint32_t passBy(
	const MicroLayout *layout, const MicroBuffer *placed, const MicroBuffer *buffer, uint32_t offset) {
	const uint32_t from = placed->offset, end = from + placed->size;
	const MicroOverlap *overlap;
	int32_t distance, limit, other;
	uint32_t at;

	if ((offset >= end) || (offset + buffer->size <= from))
		return offset;
	/* Seen from `buffer`: `limit` above the other one, or `other` below it. */
	overlap = allowedOverlap(layout, placed, buffer);
	if (overlap) {
		limit = overlap->backward;
		other = overlap->forward;
	} else {
		overlap = allowedOverlap(layout, buffer, placed);
		if (!overlap)
			return end;
		limit = overlap->forward;
		other = overlap->backward;
	}
	distance = (int32_t)(offset - from);
	if ((distance >= limit) || (-distance >= other))
		return offset;
	if (overlap->forward == microExactly) {
		if (distance == 0)
			return offset;
		if (distance < 0)
			return from;
	}
	/* A limit that is above, and not past the end. */
	at = from + (uint32_t)limit;
	return at - offset < end - offset ? at : end;
}

/* Places buffers in their order and returns the bytes they span. */
static uint32_t placeAll(MicroLayout *layout) {
	uint32_t peak = 0, count;
	for (count = 0; count < layout->count; count++) {
		MicroBuffer *buffer = &layout->buffers[layout->buffers[count].order];
		uint32_t left, i = 0, offset = 0;

		/* Until all of those that are placed, in turn, have let it pass. */
		for (left = count; left > 0; left--, i++) {
			const MicroBuffer *placed;
			uint32_t next;
			if (i == count)
				i = 0;
			placed = &layout->buffers[layout->buffers[i].order];
			if ((placed->first > buffer->last) || (buffer->first > placed->last))
				continue;
			next = passBy(layout, placed, buffer, offset);
			if (next != offset)
				left = count;
			offset = next;
		}
		/* None was found. */
		if (offset > microMaxRoom)
			offset = microMaxRoom;
		buffer->offset = offset;
		if (offset + buffer->size > peak)
			peak = offset + buffer->size;
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

/* The most bytes that an output and its input may share. */
static uint32_t mostShared(const MicroBuffer *in, const MicroBuffer *out, const MicroOverlap *overlap) {
	/* A limit below 0 may be INT32_MIN. */
	const int32_t forward = overlap->forward, above = (int32_t)out->size - (forward > 0 ? forward : 0),
				  below = (int32_t)in->size - overlap->backward, more = above > below ? above : below;
	uint32_t most = in->size < out->size ? in->size : out->size;
	if ((forward != microExactly) && (more < (int32_t)most))
		most = more > 0 ? (uint32_t)more : 0;
	return most;
}

/* No placement spans less: what lives at a time, less what may be shared then. */
static uint32_t leastSpan(const MicroLayout *layout) {
	const MicroBuffer *end = layout->buffers + layout->count, *start, *buffer;
	uint32_t least = 0, i;
	for (start = layout->buffers; start < end; start++) {
		const int16_t now = start->first;
		uint32_t sum = 0;
		for (buffer = layout->buffers; buffer < end; buffer++) {
			if ((buffer->first > now) || (buffer->last < now))
				continue;
			sum += buffer->size;
			for (i = 0; (i < 2) && (buffer->first == now); i++) {
				const MicroBuffer *in = &layout->buffers[buffer->input[i]];
				if ((buffer->input[i] != microNone) && (in->last == now))
					sum -= mostShared(in, buffer, &buffer->overlap[i]);
			}
		}
		if (sum > least)
			least = sum;
	}
	return least;
}

uint32_t microPlace(MicroLayout *layout) {
	const uint32_t least = leastSpan(layout), best = search(layout, least);
	/* The second search stops at the first one's best. */
	return best > least ? search(layout, best) : best;
}

uint32_t microPlaceAs(MicroLayout *layout, const uint32_t *order) {
	uint32_t i;
	for (i = 0; i < layout->count; i++) {
		const uint32_t next = order[i];
		if ((next >= layout->count) || (layout->buffers[next].offset != microNowhere))
			return microNowhere;
		layout->buffers[next].offset = 0;
		layout->buffers[i].order = (uint16_t)next;
	}
	return placeAll(layout);
}
