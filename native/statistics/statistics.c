#include "statistics.h"

#include <math.h>

/* A contracted multiply-add rounds once instead of twice, on some platforms only. */
#if defined(__clang__)
	#pragma STDC FP_CONTRACT OFF
#elif defined(__GNUC__)
	#pragma GCC optimize("fp-contract=off")
#endif

/* Fewer pairs give no meaningful correlation. */
enum { minPairs = 4 };

void statisticsMoments(const float *ring, uint32_t capacity, uint32_t start, uint32_t count, Moments *moments) {
	const double first = ring[start], n = count;
	double sum = 0, squares = 0, moment = 0, low = 0, high = 0, mean, variance;
	uint32_t i, at = start;
	for (i = 0; i < count; i++) {
		const double value = ring[at] - first;
		sum += value;
		squares += value * value;
		moment += i * value;
		if (value < low)
			low = value;
		else if (value > high)
			high = value;
		if (++at == capacity)
			at = 0;
	}
	mean = sum / n;
	variance = squares / n - mean * mean;
	moments->mean = first + mean;
	moments->variance = variance <= 0 ? 0 : variance;
	moments->min = first + low;
	moments->max = first + high;
	/* The sum of (i - middle)^2 is n (n^2 - 1) / 12. */
	moments->slope = count < 2 ? 0 : 12 * (moment - (n - 1) / 2 * sum) / (n * (n * n - 1));
}

void statisticsShape(
	const float *ring, uint32_t capacity, uint32_t start, uint32_t count, const Moments *moments, Shape *shape) {
	const double n = count, mean = moments->mean;
	double squares = 0, cubes = 0, fourths = 0, most = 0, variance;
	uint32_t i, at = start, crossings = 0;
	int wasAbove = ring[start] >= mean;
	for (i = 0; i < count; i++) {
		const double value = ring[at] - mean, square = value * value;
		const int isAbove = value >= 0;
		squares += square;
		cubes += square * value;
		fourths += square * square;
		if (square > most)
			most = square;
		crossings += (uint32_t)(isAbove != wasAbove);
		wasAbove = isAbove;
		if (++at == capacity)
			at = 0;
	}
	variance = squares / n;
	shape->rms = sqrt(variance + mean * mean);
	shape->skewness = shape->kurtosis = shape->crest = shape->crossings = 0;
	/* Equal samples differ from their mean by what its rounding makes of them. */
	if (!(moments->max > moments->min && variance > 0))
		return;
	shape->skewness = cubes / n / (variance * sqrt(variance));
	shape->kurtosis = fourths / n / (variance * variance) - 3;
	shape->crest = sqrt(most / variance);
	shape->crossings = crossings / (n - 1);
}

void statisticsSquares(const float *ring, uint32_t capacity, uint32_t start, uint32_t count, float *sums, int isFirst) {
	uint32_t i, at = start;
	for (i = 0; i < count; i++) {
		const float square = ring[at] * ring[at];
		sums[i] = isFirst ? square : sums[i] + square;
		if (++at == capacity)
			at = 0;
	}
}

void statisticsRoots(float *sums, uint32_t count) {
	uint32_t i;
	for (i = 0; i < count; i++)
		sums[i] = (float)sqrt(sums[i]);
}

void statisticsTake(
	float *ring, uint32_t capacity, uint32_t next, const float *samples, uint32_t count, Checked *checked) {
	uint32_t i, at = next;
	checked->changed = -1;
	for (i = 0; i < count; i++) {
		const double value = samples[i] + checked->offset;
		if (value >= checked->low && value <= checked->high) {
			if (value != checked->last) {
				checked->last = value;
				checked->changed = i;
			}
			checked->good = value;
		} else if (value != value)
			checked->notNumber++;
		else if (samples[i] == -HUGE_VALF)
			checked->missing++;
		else
			checked->outside++;
		ring[at] = (float)checked->good;
		if (++at == capacity)
			at = 0;
	}
}

double statisticsCorrelation(const float *a, const float *b, uint32_t count) {
	double firstA, firstB, sumA = 0, sumB = 0, squaresA = 0, squaresB = 0, products = 0, spread, result;
	const double n = count;
	uint32_t i;
	if (count < minPairs)
		return 0;
	firstA = a[0];
	firstB = b[0];
	for (i = 0; i < count; i++) {
		const double x = a[i] - firstA, y = b[i] - firstB;
		sumA += x;
		sumB += y;
		squaresA += x * x;
		squaresB += y * y;
		products += x * y;
	}
	spread = (squaresA - sumA * sumA / n) * (squaresB - sumB * sumB / n);
	if (!(spread > 0))
		return 0;
	result = (products - sumA * sumB / n) / sqrt(spread);
	return result < -1 ? -1 : result > 1 ? 1 : result;
}
