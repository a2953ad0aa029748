#include "samples.h"

#include <stddef.h>

/* A contracted multiply-add rounds once instead of twice, on some platforms only. */
#if defined(__clang__)
	#pragma STDC FP_CONTRACT OFF
#elif defined(__GNUC__)
	#pragma GCC optimize("fp-contract=off")
#endif

/* 1 of a weight. */
#define weightOne 1073741824.0
#define pi 3.14159265358979323846
/* The tap whose weight at phase 0 is that of the middle. */
enum { middle = samplesTaps / 2 - 1 };

void samplesUnpack(
	const uint8_t *bytes, uint32_t stride, uint32_t count, int16_t *ring, uint32_t capacity, uint32_t at) {
	const uint32_t mask = capacity - 1;
	for (; count > 0; count--, at++, bytes += stride)
		ring[at & mask] = (int16_t)(uint16_t)(bytes[0] | bytes[1] << 8);
}

/* A point on the unit circle, and by how much it turns. */
typedef struct {
	double cosine, sine;
} Angle;

static void turn(Angle *angle, const Angle *by) {
	const double cosine = angle->cosine * by->cosine - angle->sine * by->sine;
	angle->sine = angle->sine * by->cosine + angle->cosine * by->sine;
	angle->cosine = cosine;
}

/* Where the weight is that is `m` phases away from the middle: from -511 to 512. */
static uint32_t placeOf(int32_t m) {
	const int32_t from = m + middle * samplesPhases;
	const int32_t tap = (from + samplesPhases - 1) / samplesPhases;
	return (uint32_t)((tap * samplesPhases - from) * samplesTaps + tap);
}

/* Each phase's weights are made to add up to 1. */
static void normalize(int32_t *weights) {
	int64_t sum = 0;
	double factor;
	uint32_t tap;
	for (tap = 0; tap < samplesTaps; tap++)
		sum += weights[tap];
	factor = weightOne / (double)sum;
	for (tap = 0; tap < samplesTaps; tap++) {
		const double weight = weights[tap] * factor;
		weights[tap] = (int32_t)(weight < 0 ? weight - 0.5 : weight + 0.5);
	}
}

/* Of an angle below 0.1, to a double's precision without a math library: the same bits on every platform. */
static Angle smallAngle(double x) {
	const double square = x * x;
	Angle angle;
	angle.sine = x * (1 - square / 6 * (1 - square / 20 * (1 - square / 42 * (1 - square / 72))));
	angle.cosine = 1 - square / 2 * (1 - square / 12 * (1 - square / 30 * (1 - square / 56 * (1 - square / 90))));
	return angle;
}

void samplesWeights(int32_t *weights, double cutoff) {
	const Angle step = smallAngle(2 * pi / samplesPhases * cutoff),
				windowStep = smallAngle(2 * pi / samplesWeightCount);
	Angle angle = { 1, 0 }, window = { 1, 0 };
	int32_t m;
	uint32_t phase;
	weights[placeOf(0)] = (int32_t)(2 * cutoff * weightOne);
	for (m = 1; m <= samplesWeightCount / 2; m++) {
		double value;
		turn(&angle, &step);
		turn(&window, &windowStep);
		value = angle.sine * (samplesPhases / pi) / m * (0.54 + 0.46 * window.cosine);
		weights[placeOf(m)] = (int32_t)(value * weightOne);
		/* It is symmetric; 512 has no counterpart. */
		if (m < samplesWeightCount / 2)
			weights[placeOf(-m)] = weights[placeOf(m)];
	}
	for (phase = 0; phase < samplesPhases; phase++)
		normalize(weights + phase * samplesTaps);
}

double samplesResample(const int16_t *ring, uint32_t capacity, const int32_t *weights, double position, double step,
	double last, double scale, float *out, uint32_t count) {
	const uint32_t mask = capacity - 1;
	uint32_t i;
	for (i = 0; i < count; i++) {
		const double next = position + step;
		uint32_t whole, at, tap;
		const int32_t *row;
		int64_t sum = 0;
		position = next < last ? next : last;
		whole = (uint32_t)position;
		row = weights + (uint32_t)((position - whole) * samplesPhases) * samplesTaps;
		at = whole - samplesTaps + 1;
		for (tap = 0; tap < samplesTaps; tap++)
			sum += (int64_t)row[tap] * ring[at++ & mask];
		out[i] = (float)((double)sum * (scale / weightOne));
	}
	return position;
}

void samplesSound(const int16_t *samples, uint32_t count, float *frame, double *sum, double *squares) {
	int64_t added = 0;
	uint64_t squared = 0;
	uint32_t i;
	for (i = 0; i < count; i++) {
		const int32_t value = samples[i];
		added += value;
		squared += (uint32_t)(value * value);
		if (frame)
			frame[i] = (float)value * (1.0f / 32768);
	}
	*sum += (double)added;
	*squares += (double)squared;
}
