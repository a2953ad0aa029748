/*
 * From the 16-bit samples of a chip to those of the node: resampling to the node's clock, and the level of sound. Sums are of integers, since many chips have no
 * floating-point unit, so that results are the same on every platform. Allocates nothing.
 */
#ifndef LOAM_SAMPLES_H
#define LOAM_SAMPLES_H

#include <stdint.h>

enum {
	/* Of the resampler's filter: its length in inputs, and the positions between two inputs that have weights. */
	samplesTaps = 32,
	samplesPhases = 32,
	samplesWeightCount = samplesTaps * samplesPhases,
};

/* `count` samples, low byte first and `stride` bytes apart, into a ring of `capacity` (a power of two) from index `at` on, wrapping around. */
void samplesUnpack(
	const uint8_t *bytes, uint32_t stride, uint32_t count, int16_t *ring, uint32_t capacity, uint32_t at);

/*
 * The weights of a low-pass filter, a windowed sinc (Hamming): 32 for each phase, in 2^-30, whose sum is 1.
 * @param cutoff below it a tone passes, in parts of the input rate: 0.01 to 0.5
 */
void samplesWeights(int32_t *weights, double cutoff);

/*
 * `count` outputs of the filter: at the positions (in inputs) `position` + `step`, + 2 `step` and so on, none beyond `last`.
 * @param ring the inputs: that of position p at index p modulo `capacity`, a power of two
 * @returns the position of the last output
 */
double samplesResample(const int16_t *ring, uint32_t capacity, const int32_t *weights, double position, double step,
	double last, double scale, float *out, uint32_t count);

/*
 * Adds `count` samples, and their squares, to the sums, which are whole numbers; and writes them to `frame`, unless that is NULL, in parts of full scale.
 */
void samplesSound(const int16_t *samples, uint32_t count, float *frame, double *sum, double *squares);

#endif
