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
