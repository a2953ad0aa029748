/*
 * Placing buffers is bin packing in time and space. A buffer is put at the lowest offset that suits those placed before it;
 * the order decides the result. Orders are tried until one reaches the lower bound (the most that is alive at one operator,
 * overlaps granted), which the first does for nearly every real graph; the search is deterministic and bounded.
 */
#include "microSmall.h"
#include "microPlan.h"

#define microRounds 48

static uint32_t roundUp(uint32_t x) {
	return (x + (microAlignment - 1)) & ~(uint32_t)(microAlignment - 1);
}

/* The overlap that operator a.last grants b over a, NULL when b is not its output or a is still needed. */
static const MicroOverlap *liberty(const MicroLayout *layout, const MicroBuffer *a, const MicroBuffer *b) {
	int32_t i;
	if ((a->last != b->first) || (a->tensor < 0) || (b->tensor < 0) || (a->last < 0) || (a->last >= layout->operatorCount))
		return NULL;
	for (i = 0; i < 2; i++)
		if (layout->liberties[a->last].input[i] == a->tensor)
			return &layout->liberties[a->last].overlap[i];
	return NULL;
}

static bool granted(const MicroOverlap *overlap, const MicroBuffer *in, const MicroBuffer *out) {
	int64_t distance = (int64_t)in->offset - (int64_t)out->offset;
	return (overlap->exact && (distance == 0))
		|| ((overlap->forward != microNever) && (distance >= overlap->forward))
		|| ((overlap->backward != microNever) && (distance <= -(int64_t)overlap->backward));
}

static bool alive(const MicroBuffer *a, const MicroBuffer *b) {
	return (a->first <= b->last) && (b->first <= a->last);
}

bool microMayLie(const MicroLayout *layout, const MicroBuffer *a, const MicroBuffer *b) {
	const MicroOverlap *overlap;
	if (!alive(a, b) || (a->offset + a->size <= b->offset) || (b->offset + b->size <= a->offset))
		return true;
	overlap = liberty(layout, a, b);
	if (overlap && granted(overlap, a, b))
		return true;
	overlap = liberty(layout, b, a);
	return overlap && granted(overlap, b, a);
}

/* Offsets worth trying for a buffer because of one that is placed: past its end, and at the limits of an overlap. */
static uint32_t candidates(const MicroLayout *layout, const MicroBuffer *buffer, const MicroBuffer *placed, int64_t *offsets) {
	const MicroOverlap *overlap = liberty(layout, placed, buffer);
	int64_t sign = -1;
	uint32_t count = 0;

	offsets[count++] = (int64_t)placed->offset + placed->size;
	if (!overlap) {
		overlap = liberty(layout, buffer, placed);
		sign = 1;
	}
	if (overlap) {
		if (overlap->exact)
			offsets[count++] = placed->offset;
		if ((overlap->forward != microNever) && (overlap->forward != INT32_MIN))
			offsets[count++] = placed->offset + sign * overlap->forward;
		if ((overlap->backward != microNever) && (overlap->backward != INT32_MIN))
			offsets[count++] = placed->offset - sign * overlap->backward;
	}
	return count;
}

static bool fits(const MicroLayout *layout, const uint16_t *placed, uint32_t count, const MicroBuffer *buffer) {
	uint32_t i;
	for (i = 0; i < count; i++)
		if (!microMayLie(layout, &layout->buffers[placed[i]], buffer))
			return false;
	return true;
}

/* Places buffers in layout->order and returns the bytes they span. */
static uint32_t placeAll(MicroLayout *layout) {
	uint32_t peak = 0, i, j, k;
	for (i = 0; i < layout->count; i++) {
		MicroBuffer *buffer = &layout->buffers[layout->order[i]];
		uint32_t best = microNowhere;

		buffer->offset = 0;
		if (fits(layout, layout->order, i, buffer))
			best = 0;
		for (j = 0; (j < i) && best; j++) {
			const MicroBuffer *placed = &layout->buffers[layout->order[j]];
			int64_t offsets[4];
			uint32_t count;
			if (!alive(buffer, placed))
				continue;
			count = candidates(layout, buffer, placed, offsets);
			for (k = 0; k < count; k++) {
				/* Both neighbours in the grid: which of the two a limit wants depends on its direction. */
				int64_t low = offsets[k] & ~(int64_t)(microAlignment - 1), at;
				for (at = low; at <= low + microAlignment; at += microAlignment) {
					if ((at < 0) || (at >= (int64_t)best) || (at > INT32_MAX))
						continue;
					buffer->offset = (uint32_t)at;
					if (fits(layout, layout->order, i, buffer))
						best = (uint32_t)at;
				}
			}
		}
		buffer->offset = best;
		if (best + buffer->size > peak)
			peak = best + buffer->size;
	}
	return peak;
}

/* The most that is alive at once, granting every overlap. */
static uint32_t lowerBound(const MicroLayout *layout) {
	uint64_t bound = 0;
	int32_t t;
	for (t = -1; t <= layout->operatorCount; t++) {
		uint64_t sum = 0, most = 0;
		uint32_t i, j;
		for (i = 0; i < layout->count; i++) {
			const MicroBuffer *a = &layout->buffers[i];
			if ((a->first > t) || (a->last < t))
				continue;
			sum += a->size;
			if (a->last != t)
				continue;
			/* a dies here: how much of the output can lie over it? */
			for (j = 0; j < layout->count; j++) {
				const MicroBuffer *b = &layout->buffers[j];
				const MicroOverlap *overlap = b->first == t ? liberty(layout, a, b) : NULL;
				uint64_t shared = a->size < b->size ? a->size : b->size, together = (uint64_t)a->size + b->size, least = together, apart;
				if (!overlap)
					continue;
				if (overlap->exact)
					least = together - shared;
				/* The end of the input is `forward` past the output's start, or the output's `backward` past the input's. */
				apart = (uint64_t)(overlap->forward > 0 ? overlap->forward : 0) + a->size;
				if ((overlap->forward != microNever) && (apart < least))
					least = apart > b->size ? apart : b->size;
				apart = (uint64_t)(overlap->backward > 0 ? overlap->backward : 0) + b->size;
				if ((overlap->backward != microNever) && (apart < least))
					least = apart > a->size ? apart : a->size;
				/* Two inputs may lie under one output, which counts once: grant both. */
				most += together - least;
			}
		}
		if (sum - most > bound)
			bound = sum - most;
	}
	return (uint32_t)(bound > INT32_MAX ? INT32_MAX : bound);
}

/* Larger buffers first; of equal ones the earlier. */
static void sortBySize(MicroLayout *layout) {
	uint32_t i, j;
	for (i = 0; i < layout->count; i++) {
		uint32_t size = layout->buffers[i].size;
		for (j = i; (j > 0) && (layout->buffers[layout->order[j - 1]].size < size); j--)
			layout->order[j] = layout->order[j - 1];
		layout->order[j] = (uint16_t)i;
	}
}

/* Moves the buffer that reaches highest to the front: what made it stack up will stack on it instead. */
static void promoteHighest(MicroLayout *layout, uint32_t peak) {
	uint32_t i, j;
	for (i = layout->count - 1; i > 0; i--) {
		uint16_t top = layout->order[i];
		if (layout->buffers[top].offset + layout->buffers[top].size != peak)
			continue;
		for (j = i; j > 0; j--)
			layout->order[j] = layout->order[j - 1];
		layout->order[0] = top;
		return;
	}
}

uint32_t microPlace(MicroLayout *layout) {
	uint32_t bound, best = microNowhere, round, i;

	for (i = 0; i < layout->count; i++)
		layout->buffers[i].size = roundUp(layout->buffers[i].size);
	bound = lowerBound(layout);
	sortBySize(layout);
	for (round = 0; round < microRounds; round++) {
		uint32_t peak;
		/* Half way, start again from the order of execution. */
		if (round == microRounds / 2)
			for (i = 0; i < layout->count; i++)
				layout->order[i] = (uint16_t)i;
		peak = placeAll(layout);
		if (peak < best) {
			best = peak;
			for (i = 0; i < layout->count; i++)
				layout->best[i] = layout->order[i];
		}
		if (best <= bound)
			break;
		promoteHighest(layout, peak);
	}
	for (i = 0; i < layout->count; i++)
		layout->order[i] = layout->best[i];
	return placeAll(layout);
}
