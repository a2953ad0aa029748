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

/* How samples are spread about their mean; 0 where that has no meaning: all are equal. */
typedef struct {
	double rms;       /* root mean square of the samples as they are */
	double skewness;  /* third central moment over the variance to the power 3/2 */
	double kurtosis;  /* fourth over the variance's square, minus 3: 0 for a normal distribution */
	double crest;     /* crest factor: greatest distance from the mean over the standard deviation */
	double crossings; /* times per sample interval that the samples go through their mean */
} Shape;

/* Of the samples that `moments` are of; moments as populations have them, without Bessel's correction. */
void statisticsShape(
	const float *ring, uint32_t capacity, uint32_t start, uint32_t count, const Moments *moments, Shape *shape);

/* Adds the squares of `count` samples of a ring to `sums`; with isFirst, puts them there. */
void statisticsSquares(const float *ring, uint32_t capacity, uint32_t start, uint32_t count, float *sums, int isFirst);

/* Takes the square root of each. */
void statisticsRoots(float *sums, uint32_t count);

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
