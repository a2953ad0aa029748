/*
 * Fourier transform of real samples, float32, power-of-two sizes. No allocation, no libm: every operation is an IEEE 754
 * addition, subtraction or multiplication on tables that are constant in flash, so results are the same on every platform.
 */
#ifndef LOAM_FFT_H
#define LOAM_FFT_H

#include <stddef.h>
#include <stdint.h>

enum { fftMinSize = 16, fftMaxSize = 1024 };

typedef enum {
	fftOk = 0,
	fftBadSize, /* not a power of two from fftMinSize to fftMaxSize */
	fftBadRange /* samples, bins or band lie outside the buffer */
} FftStatus;

/* 1 when `size` is a power of two that is supported. */
int fftIsSize(uint32_t size);

/*
 * In place: `data` holds `size` samples and becomes X[k] = sum x[n] exp(-2 pi i k n / size) for k = 0..size/2, packed as
 * {Re X[0], Re X[size/2], Re X[1], Im X[1], Re X[2], Im X[2], ...}.
 */
FftStatus fftForward(float *data, uint32_t size);

/*
 * The one-sided power spectrum of `size` samples that start at `start` in a ring of `capacity` samples: `mean` is
 * subtracted, a Hann window (periodic) applied, and power[k], k = 0..size/2, is the mean square of the part of the signal
 * in bin k, in squared units of the samples: |X[k]|^2 / (size * sum of the window's squares), twice that for the bins that
 * stand for two (Welch's normalization: their sum is the variance of a stationary signal).
 * @param scratch `size` floats
 * @param power size/2 + 1 floats
 */
FftStatus fftPower(
	const float *ring, uint32_t capacity, uint32_t start, uint32_t size, float mean, float *scratch, float *power);

/*
 * As fftPower, of the signal's envelope: the distance of each sample from `mean` (full-wave rectification), less its own mean. What strikes again and
 * again, as a damaged bearing does, is in it at the rate of the strikes, whatever rings.
 */
FftStatus fftEnvelope(
	const float *ring, uint32_t capacity, uint32_t start, uint32_t size, float mean, float *scratch, float *power);

/* log2 of the sum of power[from..to) plus 2^-30, which represents silence. Error below 1e-7. */
float fftBand(const float *power, uint32_t from, uint32_t to);

/* log2 of a finite x > 0 that is not denormal, by polynomial: the same bits on every platform. */
double fftLog2(double x);

/* sin(2 pi k / fftMaxSize), k = 0..fftMaxSize/4, rounded to float (fftTable.c). */
extern const float fftSine[fftMaxSize / 4 + 1];

#endif
