#include "fft.h"

#include <string.h>

/* A contracted multiply-add rounds once instead of twice: allowed by default in GNU C, and platform dependent. */
#if defined(__clang__)
	#pragma STDC FP_CONTRACT OFF
#elif defined(__GNUC__)
	#pragma GCC optimize("fp-contract=off")
#endif

/* fftSine holds a quarter of the wave; `turn` counts 1/fftMaxSize turns, 0 <= turn < fftMaxSize. */
static float sine(uint32_t turn) {
	const uint32_t quarter = fftMaxSize / 4;
	if (turn <= quarter)
		return fftSine[turn];
	if (turn <= 2 * quarter)
		return fftSine[2 * quarter - turn];
	if (turn <= 3 * quarter)
		return -fftSine[turn - 2 * quarter];
	return -fftSine[4 * quarter - turn];
}

static float cosine(uint32_t turn) {
	return sine((turn + fftMaxSize / 4) % fftMaxSize);
}

int fftIsSize(uint32_t size) {
	return size >= fftMinSize && size <= fftMaxSize && (size & (size - 1)) == 0;
}

/* Complex transform of `count` interleaved values, decimation in time: bit reversal, then the passes of radix 2. */
static void complexForward(float *z, uint32_t count) {
	uint32_t i, j, half;
	for (i = 0, j = 0; i < count; i++) {
		uint32_t bit = count >> 1;
		if (i < j) {
			float re = z[2 * i], im = z[2 * i + 1];
			z[2 * i] = z[2 * j];
			z[2 * i + 1] = z[2 * j + 1];
			z[2 * j] = re;
			z[2 * j + 1] = im;
		}
		for (; bit && (j & bit); bit >>= 1)
			j ^= bit;
		j |= bit;
	}
	for (half = 1; half < count; half <<= 1) {
		uint32_t step = fftMaxSize / (2 * half);
		for (j = 0; j < half; j++) {
			float c = cosine(j * step), s = sine(j * step);
			for (i = j; i < count; i += 2 * half) {
				float *a = z + 2 * i, *b = a + 2 * half;
				float re = b[0] * c + b[1] * s;
				float im = b[1] * c - b[0] * s;
				b[0] = a[0] - re;
				b[1] = a[1] - im;
				a[0] += re;
				a[1] += im;
			}
		}
	}
}

FftStatus fftForward(float *x, uint32_t size) {
	uint32_t half = size / 2, k, step;
	float first;
	if (!fftIsSize(size))
		return fftBadSize;
	step = fftMaxSize / size;
	/* Even samples as real parts, odd ones as imaginary parts of half as many complex values; then the two are separated. */
	complexForward(x, half);
	first = x[0];
	x[0] = first + x[1];
	x[1] = first - x[1];
	for (k = 1; k <= half / 2; k++) {
		float *a = x + 2 * k, *b = x + 2 * (half - k);
		float evenRe = 0.5f * (a[0] + b[0]), evenIm = 0.5f * (a[1] - b[1]);
		float oddRe = 0.5f * (a[1] + b[1]), oddIm = 0.5f * (b[0] - a[0]);
		float c = cosine(k * step), s = sine(k * step);
		float re = oddRe * c + oddIm * s;
		float im = oddIm * c - oddRe * s;
		a[0] = evenRe + re;
		a[1] = evenIm + im;
		if (a != b) {
			b[0] = evenRe - re;
			b[1] = im - evenIm;
		}
	}
	return fftOk;
}

/* The power spectrum of `size` samples under a Hann window, which they are multiplied with already. */
static void powerOf(float *windowed, uint32_t size, float *power) {
	/* The squares of a periodic Hann window of n points add up to 3 n / 8. */
	const float scale = 8.0f / (3.0f * (float)size * (float)size);
	uint32_t i;
	fftForward(windowed, size);
	power[0] = windowed[0] * windowed[0] * scale;
	power[size / 2] = windowed[1] * windowed[1] * scale;
	for (i = 1; i < size / 2; i++) {
		float re = windowed[2 * i], im = windowed[2 * i + 1];
		power[i] = (re * re + im * im) * scale * 2.0f;
	}
}

FftStatus fftPower(
	const float *ring, uint32_t capacity, uint32_t start, uint32_t size, float mean, float *scratch, float *power) {
	uint32_t i, at = start, step;
	if (!fftIsSize(size))
		return fftBadSize;
	if (size > capacity || start >= capacity)
		return fftBadRange;
	step = fftMaxSize / size;
	for (i = 0; i < size; i++) {
		scratch[i] = (ring[at] - mean) * (0.5f - 0.5f * cosine(i * step));
		if (++at == capacity)
			at = 0;
	}
	powerOf(scratch, size, power);
	return fftOk;
}

FftStatus fftEnvelope(
	const float *ring, uint32_t capacity, uint32_t start, uint32_t size, float mean, float *scratch, float *power) {
	uint32_t i, at = start, step;
	double sum = 0;
	float level;
	if (!fftIsSize(size))
		return fftBadSize;
	if (size > capacity || start >= capacity)
		return fftBadRange;
	for (i = 0; i < size; i++) {
		const float value = ring[at] - mean;
		scratch[i] = value < 0 ? -value : value;
		sum += scratch[i];
		if (++at == capacity)
			at = 0;
	}
	level = (float)(sum / size);
	step = fftMaxSize / size;
	for (i = 0; i < size; i++)
		scratch[i] = (scratch[i] - level) * (0.5f - 0.5f * cosine(i * step));
	powerOf(scratch, size, power);
	return fftOk;
}

double fftLog2(double x) {
	uint64_t bits;
	int32_t exponent;
	double m, t, t2;
	memcpy(&bits, &x, sizeof bits);
	exponent = (int32_t)(bits >> 52) - 1023;
	bits = (bits & 0xFFFFFFFFFFFFFu) | (uint64_t)1023 << 52;
	memcpy(&m, &bits, sizeof m);
	if (m > 1.4142135623730951) {
		m *= 0.5;
		exponent++;
	}
	/* log2 m = 2 / ln 2 * atanh((m - 1) / (m + 1)); |t| < 0.1716, so the first term left out is below 1e-10. */
	t = (m - 1.0) / (m + 1.0);
	t2 = t * t;
	return exponent +
		2.8853900817779268 * t *
		(1.0 + t2 * (1.0 / 3 + t2 * (1.0 / 5 + t2 * (1.0 / 7 + t2 * (1.0 / 9 + t2 * (1.0 / 11))))));
}

float fftBand(const float *power, uint32_t from, uint32_t to) {
	float sum = 9.3132257e-10f;
	for (; from < to; from++)
		sum += power[from];
	return (float)fftLog2(sum);
}
