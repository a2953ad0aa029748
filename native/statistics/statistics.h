/* Statistics of samples, float32 in, double precision inside; the same on every platform. Allocates nothing. */
#ifndef LOAM_STATISTICS_H
#define LOAM_STATISTICS_H

#include <stdint.h>

/* In the unit of the samples, and its square. */
typedef struct {
	double mean;
	double variance; /* mean square about the mean, >= 0 */
	double slope;    /* least squares, per sample */
	double min, max;
} Moments;

/*
 * Of `count` samples (1 to `capacity`) of a ring buffer of `capacity`, from index `start` (< capacity) on, wrapping around. The sums are about
 * the first sample, so that a small spread on a large offset keeps its precision.
 */
void statisticsMoments(const float *ring, uint32_t capacity, uint32_t start, uint32_t count, Moments *moments);

/* What is known of a sensor's samples, from run to run. */
typedef struct {
	double low, high; /* of the good ones */
	double last;      /* the last good one that was another than the good one before it; NaN: there was none */
	double good;      /* the last good one */
	double missing, notNumber, outside; /* counts of those that are replaced by it */
	double changed;                     /* index in the run of the sample that became `last`; -1: none did */
	double offset;                      /* is added to each sample */
} Checked;

/*
 * Puts `count` samples into a ring buffer of `capacity`, from index `next` (< capacity) on, wrapping around. What is missing (negative infinity),
 * not a number, or out of range is counted and replaced by the last good one.
 */
void statisticsTake(
	float *ring, uint32_t capacity, uint32_t next, const float *samples, uint32_t count, Checked *checked);

/* Pearson's correlation of `count` pairs, -1 to 1; 0 when a or b is constant, or for fewer than 4 pairs. */
double statisticsCorrelation(const float *a, const float *b, uint32_t count);

#endif
