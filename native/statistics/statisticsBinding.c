/* XS binding of statistics.c. */
#include "xsmc.h"
#include "xsHost.h"
#include "mc.xs.h"
#include "arguments.h"
#include "statistics.h"

/* Number of values that a result has: mean, variance, slope, min, max. */
enum { resultValues = 5 };

/* A view may begin in the middle of a value, which not every CPU can load. */
static void checkAligned(xsMachine *the, const void *data, uint32_t bytes) {
	if ((uintptr_t)data % bytes)
		xsRangeError("statistics: a view that begins %d bytes into a value", (int)((uintptr_t)data % bytes));
}

void xs_statistics_moments(xsMachine *the) {
	const int32_t start = argumentInteger(the, 1, "statistics: start", 0, INT32_MAX);
	const int32_t count = argumentInteger(the, 2, "statistics: count", 1, INT32_MAX);
	void *ring, *result;
	xsUnsignedValue bytes, resultBytes;
	uint32_t capacity;
	Moments moments;
	double values[resultValues];
	xsmcGetBufferReadable(xsArg(0), &ring, &bytes);
	xsmcGetBufferWritable(xsArg(3), &result, &resultBytes);
	checkAligned(the, ring, sizeof(float));
	capacity = bytes / sizeof(float);
	if ((uint32_t)start >= capacity || (uint32_t)count > capacity)
		xsRangeError("statistics: %d samples from %d of a ring of %u", (int)count, (int)start, (unsigned)capacity);
	if (resultBytes < sizeof(values))
		xsRangeError("statistics: a result of %u bytes, %u expected", (unsigned)resultBytes, (unsigned)sizeof(values));
	statisticsMoments(ring, capacity, (uint32_t)start, (uint32_t)count, &moments);
	values[0] = moments.mean;
	values[1] = moments.variance;
	values[2] = moments.slope;
	values[3] = moments.min;
	values[4] = moments.max;
	c_memcpy(result, values, sizeof(values));
}

/* A ring, the place of its first sample, and how many there are. */
typedef struct {
	const float *data;
	uint32_t capacity, start, count;
} Samples;

static Samples samplesOf(xsMachine *the, int32_t start, int32_t count) {
	Samples samples;
	void *ring;
	xsUnsignedValue bytes;
	xsmcGetBufferReadable(xsArg(0), &ring, &bytes);
	checkAligned(the, ring, sizeof(float));
	samples.data = ring;
	samples.capacity = bytes / sizeof(float);
	samples.start = (uint32_t)start;
	samples.count = (uint32_t)count;
	if (samples.start >= samples.capacity || samples.count > samples.capacity)
		xsRangeError(
			"statistics: %d samples from %d of a ring of %u", (int)count, (int)start, (unsigned)samples.capacity);
	return samples;
}

void xs_statistics_shape(xsMachine *the) {
	const int32_t start = argumentInteger(the, 1, "statistics: start", 0, INT32_MAX);
	const int32_t count = argumentInteger(the, 2, "statistics: count", 1, INT32_MAX);
	const Samples samples = samplesOf(the, start, count);
	void *moments, *result;
	xsUnsignedValue momentsBytes, resultBytes;
	double values[resultValues];
	Moments known;
	Shape shape;
	xsmcGetBufferReadable(xsArg(3), &moments, &momentsBytes);
	xsmcGetBufferWritable(xsArg(4), &result, &resultBytes);
	if (momentsBytes < sizeof(values) || resultBytes < sizeof(values))
		xsRangeError("statistics: a result of %u bytes, %u expected",
			(unsigned)(momentsBytes < resultBytes ? momentsBytes : resultBytes), (unsigned)sizeof(values));
	c_memcpy(values, moments, sizeof(values));
	known.mean = values[0];
	known.variance = values[1];
	known.slope = values[2];
	known.min = values[3];
	known.max = values[4];
	statisticsShape(samples.data, samples.capacity, samples.start, samples.count, &known, &shape);
	values[0] = shape.rms;
	values[1] = shape.skewness;
	values[2] = shape.kurtosis;
	values[3] = shape.crest;
	values[4] = shape.crossings;
	c_memcpy(result, values, sizeof(values));
}

/* The sums of `count` samples from index `at` on. */
static float *sumsOf(xsMachine *the, int index, int32_t at, int32_t count) {
	void *sums;
	xsUnsignedValue bytes;
	xsmcGetBufferWritable(xsArg(index), &sums, &bytes);
	checkAligned(the, sums, sizeof(float));
	if ((uint32_t)at > bytes / sizeof(float) || (uint32_t)count > bytes / sizeof(float) - (uint32_t)at)
		xsRangeError("statistics: %d sums from %d of %u", (int)count, (int)at, (unsigned)(bytes / sizeof(float)));
	return (float *)sums + at;
}

void xs_statistics_squares(xsMachine *the) {
	const int32_t start = argumentInteger(the, 1, "statistics: start", 0, INT32_MAX);
	const int32_t count = argumentInteger(the, 2, "statistics: count", 1, INT32_MAX);
	const int32_t at = argumentInteger(the, 4, "statistics: at", 0, INT32_MAX);
	const int32_t isFirst = argumentInteger(the, 5, "statistics: isFirst", 0, 1);
	const Samples samples = samplesOf(the, start, count);
	statisticsSquares(samples.data, samples.capacity, samples.start, samples.count, sumsOf(the, 3, at, count), isFirst);
}

void xs_statistics_roots(xsMachine *the) {
	const int32_t at = argumentInteger(the, 1, "statistics: at", 0, INT32_MAX);
	const int32_t count = argumentInteger(the, 2, "statistics: count", 0, INT32_MAX);
	statisticsRoots(sumsOf(the, 0, at, count), (uint32_t)count);
}

void xs_statistics_take(xsMachine *the) {
	const int32_t next = argumentInteger(the, 1, "statistics: next", 0, INT32_MAX);
	const int32_t from = argumentInteger(the, 3, "statistics: from", 0, INT32_MAX);
	const int32_t count = argumentInteger(the, 4, "statistics: count", 0, INT32_MAX);
	void *ring, *samples, *state;
	xsUnsignedValue ringBytes, bytes, stateBytes;
	Checked checked;
	xsmcGetBufferWritable(xsArg(0), &ring, &ringBytes);
	xsmcGetBufferReadable(xsArg(2), &samples, &bytes);
	xsmcGetBufferWritable(xsArg(5), &state, &stateBytes);
	checkAligned(the, ring, sizeof(float));
	checkAligned(the, samples, sizeof(float));
	if ((uint32_t)next >= ringBytes / sizeof(float))
		xsRangeError("statistics: index %d of a ring of %u", (int)next, (unsigned)(ringBytes / sizeof(float)));
	if ((uint32_t)from > bytes / sizeof(float) || (uint32_t)count > bytes / sizeof(float) - (uint32_t)from)
		xsRangeError("statistics: %d samples from %d of %u", (int)count, (int)from, (unsigned)(bytes / sizeof(float)));
	if (stateBytes < sizeof(checked))
		xsRangeError("statistics: a state of %u bytes, %u expected", (unsigned)stateBytes, (unsigned)sizeof(checked));
	c_memcpy(&checked, state, sizeof(checked));
	statisticsTake(
		ring, ringBytes / sizeof(float), (uint32_t)next, (const float *)samples + from, (uint32_t)count, &checked);
	c_memcpy(state, &checked, sizeof(checked));
}

void xs_statistics_correlation(xsMachine *the) {
	const int32_t from = argumentInteger(the, 2, "statistics: from", 0, INT32_MAX);
	const int32_t to = argumentInteger(the, 3, "statistics: to", 0, INT32_MAX);
	void *a, *b;
	xsUnsignedValue bytesA, bytesB;
	xsmcGetBufferReadable(xsArg(0), &a, &bytesA);
	xsmcGetBufferReadable(xsArg(1), &b, &bytesB);
	checkAligned(the, a, sizeof(float));
	checkAligned(the, b, sizeof(float));
	if (to < from || (uint32_t)to > bytesA / sizeof(float) || (uint32_t)to > bytesB / sizeof(float))
		xsRangeError("statistics: pairs %d to %d of %u and %u", (int)from, (int)to, (unsigned)(bytesA / sizeof(float)),
			(unsigned)(bytesB / sizeof(float)));
	xsmcSetNumber(
		xsResult, statisticsCorrelation((const float *)a + from, (const float *)b + from, (uint32_t)(to - from)));
}
