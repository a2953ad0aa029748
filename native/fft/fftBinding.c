/* XS binding of fft.c. */
#include "xsmc.h"
#include "xsHost.h"
#include "mc.xs.h"
#include "arguments.h"
#include "fft.h"

typedef struct {
	uint32_t size;
	float work[1]; /* size floats of scratch, then size/2 + 1 of power */
} Transform;

void xs_fft_destructor(void *data) {
	if (data)
		c_free(data);
}

void xs_fft(xsMachine *the) {
	const int32_t size = argumentInteger(the, 0, "fft: size", INT32_MIN, INT32_MAX);
	Transform *transform;
	if (size < 0 || !fftIsSize((uint32_t)size))
		xsRangeError("fft: size %d, a power of two from %d to %d expected", (int)size, fftMinSize, fftMaxSize);
	checkUnconstructed(the, xs_fft_destructor, "fft");
	/* Zeros: the bins before the first spectrum. */
	transform = c_calloc(1, sizeof(Transform) + sizeof(float) * ((uint32_t)size + (uint32_t)size / 2));
	if (!transform)
		xsUnknownError("fft: no memory for size %d", (int)size);
	transform->size = (uint32_t)size;
	xsmcSetHostData(xsThis, transform);
}

static Transform *transformOf(xsMachine *the) {
	return openHostDataOf(the, &xsThis, xs_fft_destructor, "fft");
}

void xs_fft_close(xsMachine *the) {
	xs_fft_destructor(hostDataOf(the, &xsThis, xs_fft_destructor, "fft"));
	xsmcSetHostData(xsThis, NULL);
}

/* A view may begin in the middle of a float, which not every CPU can load. */
static void checkAligned(xsMachine *the, const void *data) {
	if ((uintptr_t)data % sizeof(float))
		xsRangeError("fft: a view that begins %d bytes into a float", (int)((uintptr_t)data % sizeof(float)));
}

void xs_fft_forward(xsMachine *the) {
	void *data;
	xsUnsignedValue bytes;
	Transform *transform = transformOf(the);
	xsmcGetBufferWritable(xsArg(0), &data, &bytes);
	checkAligned(the, data);
	if (bytes < transform->size * sizeof(float))
		xsRangeError(
			"fft: a buffer of %u bytes, %u expected", (unsigned)bytes, (unsigned)(transform->size * sizeof(float)));
	fftForward(data, transform->size);
}

typedef FftStatus (*Spectrum)(
	const float *ring, uint32_t capacity, uint32_t start, uint32_t size, float mean, float *scratch, float *power);

static void keepSpectrum(xsMachine *the, Spectrum spectrum) {
	const int32_t start = argumentInteger(the, 1, "fft: start", INT32_MIN, INT32_MAX);
	const float mean = (float)xsmcToNumber(xsArg(2));
	Transform *transform = transformOf(the);
	void *data;
	xsUnsignedValue bytes;
	xsmcGetBufferReadable(xsArg(0), &data, &bytes);
	checkAligned(the, data);
	if (start < 0 ||
		spectrum(data, bytes / sizeof(float), (uint32_t)start, transform->size, mean, transform->work,
			transform->work + transform->size) != fftOk)
		xsRangeError("fft: %u samples from %d of a ring of %u", (unsigned)transform->size, (int)start,
			(unsigned)(bytes / sizeof(float)));
}

void xs_fft_power(xsMachine *the) {
	keepSpectrum(the, fftPower);
}

void xs_fft_envelope(xsMachine *the) {
	keepSpectrum(the, fftEnvelope);
}

/* Bins there are: 0 to size / 2. */
static uint32_t binCount(const Transform *transform) {
	return transform->size / 2 + 1;
}

void xs_fft_bin(xsMachine *the) {
	const int32_t bin = argumentInteger(the, 0, "fft: bin", INT32_MIN, INT32_MAX);
	const Transform *transform = transformOf(the);
	if (bin < 0 || (uint32_t)bin >= binCount(transform))
		xsRangeError("fft: bin %d, there are %u", (int)bin, (unsigned)binCount(transform));
	xsmcSetNumber(xsResult, transform->work[transform->size + (uint32_t)bin]);
}

void xs_fft_band(xsMachine *the) {
	const int32_t from = argumentInteger(the, 0, "fft: bin", INT32_MIN, INT32_MAX);
	const int32_t to = argumentInteger(the, 1, "fft: bin", INT32_MIN, INT32_MAX);
	const Transform *transform = transformOf(the);
	if (from < 0 || to < from || (uint32_t)to > binCount(transform))
		xsRangeError("fft: bins %d to %d, there are %u", (int)from, (int)to, (unsigned)binCount(transform));
	xsmcSetNumber(xsResult, fftBand(transform->work + transform->size, (uint32_t)from, (uint32_t)to));
}
