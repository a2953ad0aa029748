/* XS binding of samples.c. */
#include "xsmc.h"
#include "xsHost.h"
#include "mc.xs.h"
#include "arguments.h"
#include "samples.h"

enum { longestStride = 64 };

/* A view may begin in the middle of a value, which not every CPU can load. */
static void checkAligned(xsMachine *the, const void *data, uint32_t bytes) {
	if ((uintptr_t)data % bytes)
		xsRangeError("samples: a view that begins %d bytes into a value", (int)((uintptr_t)data % bytes));
}

/* A ring's values. */
static uint32_t capacityOf(xsMachine *the, const void *ring, uint32_t bytes) {
	const uint32_t capacity = bytes / sizeof(int16_t);
	checkAligned(the, ring, sizeof(int16_t));
	if (capacity < samplesTaps || (capacity & (capacity - 1)))
		xsRangeError(
			"samples: a ring of %u values, a power of two from %d on expected", (unsigned)capacity, samplesTaps);
	return capacity;
}

static void checkRoom(xsMachine *the, const char *what, uint32_t bytes, uint32_t wanted) {
	if (bytes < wanted)
		xsRangeError("samples: %s of %u bytes, %u expected", what, (unsigned)bytes, (unsigned)wanted);
}

void xs_samples_unpack(xsMachine *the) {
	const int32_t first = argumentInteger(the, 1, "samples: first", 0, INT16_MAX);
	const int32_t stride = argumentInteger(the, 2, "samples: stride", 2, longestStride);
	const int32_t count = argumentInteger(the, 3, "samples: count", 0, INT16_MAX);
	const int32_t at = argumentInteger(the, 5, "samples: at", 0, INT32_MAX);
	void *bytes, *ring;
	xsUnsignedValue size, ringBytes;
	uint32_t capacity;
	xsmcGetBufferReadable(xsArg(0), &bytes, &size);
	xsmcGetBufferWritable(xsArg(4), &ring, &ringBytes);
	capacity = capacityOf(the, ring, ringBytes);
	if (count == 0)
		return;
	checkRoom(the, "samples", size, (uint32_t)(first + (count - 1) * stride + 2));
	samplesUnpack((const uint8_t *)bytes + first, (uint32_t)stride, (uint32_t)count, ring, capacity, (uint32_t)at);
}

void xs_samples_weights(xsMachine *the) {
	const double cutoff = xsmcToNumber(xsArg(1));
	void *weights;
	xsUnsignedValue bytes;
	xsmcGetBufferWritable(xsArg(0), &weights, &bytes);
	checkAligned(the, weights, sizeof(int32_t));
	checkRoom(the, "weights", bytes, samplesWeightCount * sizeof(int32_t));
	if (!(cutoff >= 0.01 && cutoff <= 0.5))
		xsRangeError("samples: a cutoff of %g, 0.01 to 0.5 expected", cutoff);
	samplesWeights(weights, cutoff);
}

void xs_samples_resample(xsMachine *the) {
	const double position = xsmcToNumber(xsArg(2));
	const double step = xsmcToNumber(xsArg(3));
	const double last = xsmcToNumber(xsArg(4));
	const double scale = xsmcToNumber(xsArg(5));
	const int32_t count = argumentInteger(the, 7, "samples: count", 0, INT16_MAX);
	void *ring, *weights, *out;
	xsUnsignedValue ringBytes, weightBytes, outBytes;
	uint32_t capacity;
	double end;
	xsmcGetBufferReadable(xsArg(0), &ring, &ringBytes);
	xsmcGetBufferReadable(xsArg(1), &weights, &weightBytes);
	xsmcGetBufferWritable(xsArg(6), &out, &outBytes);
	capacity = capacityOf(the, ring, ringBytes);
	checkAligned(the, weights, sizeof(int32_t));
	checkAligned(the, out, sizeof(float));
	checkRoom(the, "weights", weightBytes, samplesWeightCount * sizeof(int32_t));
	checkRoom(the, "outputs", outBytes, (uint32_t)count * sizeof(float));
	if (!(position >= 0 && step > 0 && last >= 0 && last < INT32_MAX))
		xsRangeError("samples: position %g, step %g, last %g: step above 0 expected, the others from 0 on, last below "
					 "2147483647",
			position, step, last);
	end = samplesResample(ring, capacity, weights, position, step, last, scale, out, (uint32_t)count);
	xsmcSetNumber(xsResult, end);
}

void xs_samples_sound(xsMachine *the) {
	const int32_t from = argumentInteger(the, 1, "samples: from", 0, INT32_MAX);
	const int32_t to = argumentInteger(the, 2, "samples: to", from, INT32_MAX);
	const int32_t at = argumentInteger(the, 5, "samples: at", -1, INT16_MAX);
	const uint32_t count = (uint32_t)(to - from);
	void *samples, *sums, *frame;
	xsUnsignedValue bytes, sumBytes, frameBytes;
	double values[2];
	xsmcGetBufferReadable(xsArg(0), &samples, &bytes);
	xsmcGetBufferWritable(xsArg(3), &sums, &sumBytes);
	xsmcGetBufferWritable(xsArg(4), &frame, &frameBytes);
	checkAligned(the, samples, sizeof(int16_t));
	checkAligned(the, frame, sizeof(float));
	if ((uint32_t)to > bytes / sizeof(int16_t))
		xsRangeError("samples: %d to %d of %u", (int)from, (int)to, (unsigned)(bytes / sizeof(int16_t)));
	checkRoom(the, "sums", sumBytes, sizeof(values));
	if (at >= 0 && (uint32_t)at + count > frameBytes / sizeof(float))
		xsRangeError("samples: %u samples from %d of a frame of %u", (unsigned)count, (int)at,
			(unsigned)(frameBytes / sizeof(float)));
	c_memcpy(values, sums, sizeof(values));
	samplesSound((const int16_t *)samples + from, count, at >= 0 ? (float *)frame + at : NULL, &values[0], &values[1]);
	c_memcpy(sums, values, sizeof(values));
}
