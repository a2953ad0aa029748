/* XS binding of fft.c. */
#include "xsmc.h"
#include "mc.xs.h"
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
	xsIntegerValue size = xsmcToInteger(xsArg(0));
	Transform *transform;
	if (size < 0 || !fftIsSize((uint32_t)size))
		xsRangeError("fft: size %d, a power of two from %d to %d expected", (int)size, fftMinSize, fftMaxSize);
	transform = c_malloc(sizeof(Transform) + sizeof(float) * ((uint32_t)size + (uint32_t)size / 2));
	if (!transform)
		xsUnknownError("fft: no memory for size %d", (int)size);
	transform->size = (uint32_t)size;
	xsmcSetHostData(xsThis, transform);
}

static Transform *transformOf(xsMachine *the) {
	Transform *transform = xsmcGetHostData(xsThis);
	if (!transform)
		xsUnknownError("fft: closed");
	return transform;
}

void xs_fft_close(xsMachine *the) {
	xs_fft_destructor(xsmcGetHostData(xsThis));
	xsmcSetHostData(xsThis, NULL);
}

void xs_fft_forward(xsMachine *the) {
	Transform *transform = transformOf(the);
	void *data;
	xsUnsignedValue bytes;
	xsmcGetBufferWritable(xsArg(0), &data, &bytes);
	if (bytes < transform->size * sizeof(float))
		xsRangeError(
			"fft: a buffer of %u bytes, %u expected", (unsigned)bytes, (unsigned)(transform->size * sizeof(float)));
	fftForward(data, transform->size);
}

void xs_fft_power(xsMachine *the) {
	Transform *transform = transformOf(the);
	xsIntegerValue start = xsmcToInteger(xsArg(1));
	float mean = (float)xsmcToNumber(xsArg(2));
	void *data;
	xsUnsignedValue bytes;
	xsmcGetBufferReadable(xsArg(0), &data, &bytes);
	if (start < 0 ||
		fftPower(data, bytes / sizeof(float), (uint32_t)start, transform->size, mean, transform->work,
			transform->work + transform->size) != fftOk)
		xsRangeError("fft: %u samples from %d of a ring of %u", (unsigned)transform->size, (int)start,
			(unsigned)(bytes / sizeof(float)));
}

/* The bins of the last power spectrum. */
static const float *binsOf(xsMachine *the, xsIntegerValue from, xsIntegerValue to) {
	Transform *transform = transformOf(the);
	if (from < 0 || to < from || (uint32_t)to > transform->size / 2 + 1)
		xsRangeError("fft: bins %d to %d, there are %u", (int)from, (int)to, (unsigned)(transform->size / 2 + 1));
	return transform->work + transform->size;
}

void xs_fft_bin(xsMachine *the) {
	xsIntegerValue bin = xsmcToInteger(xsArg(0));
	xsmcSetNumber(xsResult, binsOf(the, bin, bin + 1)[bin]);
}

void xs_fft_band(xsMachine *the) {
	xsIntegerValue from = xsmcToInteger(xsArg(0));
	xsIntegerValue to = xsmcToInteger(xsArg(1));
	xsmcSetNumber(xsResult, fftBand(binsOf(the, from, to), (uint32_t)from, (uint32_t)to));
}
