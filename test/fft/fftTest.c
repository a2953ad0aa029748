/* Prints, for each size, the largest error of fftForward against a direct DFT in double precision, relative to the spectrum's largest value. */
#include "fft.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static uint32_t state = 1;

static double draw(void) {
	state = state * 1664525u + 1013904223u;
	return (double)state / 4294967296.0 * 2.0 - 1.0;
}

static double forwardError(uint32_t size) {
	const double turn = 2 * 3.14159265358979323846 / size;
	float *x = malloc(size * sizeof(float)), *y = malloc(size * sizeof(float));
	double error = 0, largest = 0;
	uint32_t n, k;
	for (n = 0; n < size; n++)
		x[n] = y[n] = (float)(draw() + 3 * cos(turn * 5 * n));
	if (fftForward(y, size) != fftOk)
		exit(1);
	for (k = 0; k <= size / 2; k++) {
		double re = 0, im = 0;
		double gotRe = k == 0 ? y[0] : k == size / 2 ? y[1] : y[2 * k];
		double gotIm = k == 0 || k == size / 2 ? 0 : y[2 * k + 1];
		for (n = 0; n < size; n++) {
			re += x[n] * cos(turn * (double)((uint64_t)k * n % size));
			im -= x[n] * sin(turn * (double)((uint64_t)k * n % size));
		}
		error = fmax(error, hypot(re - gotRe, im - gotIm));
		largest = fmax(largest, hypot(re, im));
	}
	free(x);
	free(y);
	return error / largest;
}

int main(void) {
	uint32_t size, i;
	double logError = 0;
	float ring[16] = { 0 }, scratch[16], power[9];
	for (size = fftMinSize; size <= fftMaxSize; size *= 2)
		printf("forward %u %g\n", (unsigned)size, forwardError(size));
	for (i = 0; i < 100000; i++) {
		double x = exp(draw() * 60);
		logError = fmax(logError, fabs(fftLog2(x) - log2(x)));
	}
	printf("log2 0 %g\n", logError);
	printf("refused %d %d %d %d %d %d\n", fftForward(ring, 8), fftForward(ring, 24), fftForward(ring, 2048),
		fftForward(ring, 0), fftPower(ring, 15, 0, 16, 0, scratch, power),
		fftPower(ring, 16, 16, 16, 0, scratch, power));
	printf("silence 0 %g\n", (double)(fftPower(ring, 16, 7, 16, 0, scratch, power), fftBand(power, 0, 9)));
	return 0;
}
