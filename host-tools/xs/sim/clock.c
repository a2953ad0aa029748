#include "clock.h"

#include <stdio.h>
#include <stdlib.h>

/* A binary heap ordered by time, then by order of scheduling. */
typedef struct {
	uint64_t when;
	uint32_t id;
	int isTask;
	SimEvent call;
	void *context;
} Entry;

static Entry *entries;
static size_t count, capacity;
static uint64_t now, idle, stalledUntil;
static uint32_t lastId;
static double epoch;
static uint64_t began;
static uint32_t firstTicks;
static SimGate gate;
static void *gateContext;
static void (*pace)(uint64_t target);
static volatile int isAtGate;
static int awakeLocks;
static SimMeter meter;
static void *meterContext;
static void (*turnEnd)(void);

static int before(const Entry *a, const Entry *b) {
	if (a->when != b->when)
		return a->when < b->when;
	return (int32_t)(a->id - b->id) < 0;
}

static void swap(size_t a, size_t b) {
	Entry entry = entries[a];
	entries[a] = entries[b];
	entries[b] = entry;
}

static void siftUp(size_t at) {
	while (at > 0 && before(&entries[at], &entries[(at - 1) / 2])) {
		swap(at, (at - 1) / 2);
		at = (at - 1) / 2;
	}
}

static void siftDown(size_t at) {
	for (;;) {
		size_t least = at, left = 2 * at + 1, right = left + 1;
		if (left < count && before(&entries[left], &entries[least]))
			least = left;
		if (right < count && before(&entries[right], &entries[least]))
			least = right;
		if (least == at)
			return;
		swap(at, least);
		at = least;
	}
}

static void removeAt(size_t at) {
	count--;
	if (at == count)
		return;
	entries[at] = entries[count];
	siftDown(at);
	siftUp(at);
}

static uint32_t add(uint64_t when, SimEvent call, void *context, int isTask) {
	simClockNow();
	if (count == capacity) {
		capacity = capacity ? 2 * capacity : 64;
		entries = realloc(entries, capacity * sizeof(Entry));
		if (!entries) {
			fprintf(stderr, "clock: no memory for %zu events\n", capacity);
			exit(70);
		}
	}
	if (++lastId == 0)
		lastId = 1;
	entries[count] = (Entry){ when < now ? now : when, lastId, isTask, call, context };
	siftUp(count++);
	return lastId;
}

uint32_t simClockAt(uint64_t when, SimEvent call, void *context) {
	return add(when, call, context, 0);
}

uint32_t simClockTaskAt(uint64_t when, SimEvent call, void *context) {
	return add(when, call, context, 1);
}

void simClockCancel(uint32_t id) {
	size_t at;
	for (at = 0; at < count; at++) {
		if (entries[at].id == id) {
			removeAt(at);
			return;
		}
	}
}

/* Removes an event, and advances the clock to it. */
static Entry takeAt(size_t at) {
	const Entry entry = entries[at];
	removeAt(at);
	if (now < entry.when)
		now = entry.when;
	return entry;
}

/* The first simulation event until then, or `count`. */
static size_t firstEvent(uint64_t until) {
	size_t at, first = count;
	for (at = 0; at < count; at++) {
		if (entries[at].isTask || entries[at].when > until)
			continue;
		if (first == count || before(&entries[at], &entries[first]))
			first = at;
	}
	return first;
}

static void callGate(uint64_t target) {
	if (pace && target > now) {
		pace(target);
		if (count && entries[0].when < target)
			target = entries[0].when;
	}
	if (!gate || target <= now)
		return;
	isAtGate = 1;
	gate(gateContext, target);
	isAtGate = 0;
}

/* An event that takes time itself, an interrupt, delays what was busy. */
static void spend(uint64_t left, int asksGate) {
	for (;;) {
		size_t first = firstEvent(now + left);
		if (asksGate) {
			callGate(first == count ? now + left : entries[first].when);
			first = firstEvent(now + left);
		}
		if (first == count)
			break;
		left -= entries[first].when > now ? entries[first].when - now : 0;
		const Entry entry = takeAt(first);
		entry.call(entry.context);
	}
	now += left;
}

uint64_t simClockNow(void) {
	const uint64_t script = meter ? meter(meterContext) : 0;
	if (script)
		spend(script, 1);
	return now;
}

void simClockSetMeter(SimMeter call, void *context) {
	meter = call;
	meterContext = context;
}

void simClockAdvance(uint64_t microseconds) {
	simClockNow();
	spend(microseconds, 0);
}

void simClockStall(uint64_t microseconds) {
	stalledUntil = simClockNow() + microseconds;
	spend(microseconds, 1);
}

uint64_t simClockAfterStall(uint64_t when) {
	return when < stalledUntil ? stalledUntil : when;
}

void simClockWait(uint64_t microseconds) {
	simClockNow();
	spend(microseconds, 1);
}

void simClockSetGate(SimGate call, void *context) {
	gate = call;
	gateContext = context;
}

void simClockSetPace(void (*call)(uint64_t target)) {
	pace = call;
}

int simClockIsAtGate(void) {
	return isAtGate;
}

void simClockSetTurnEnd(void (*call)(void)) {
	turnEnd = call;
}

int simClockTake(SimEvent *call, void **context) {
	simClockNow();
	if (turnEnd)
		turnEnd();
	for (;;) {
		callGate(count ? entries[0].when : SIM_CLOCK_NEVER);
		if (!count)
			return 0;
		if (entries[0].when > now && !awakeLocks)
			idle += entries[0].when - now;
		const Entry entry = takeAt(0);
		if (entry.isTask) {
			*call = entry.call;
			*context = entry.context;
			return 1;
		}
		entry.call(entry.context);
	}
}

int simClockStep(void) {
	SimEvent call;
	void *context;
	if (!simClockTake(&call, &context))
		return 0;
	call(context);
	return 1;
}

void simClockSetEpoch(double milliseconds) {
	epoch = milliseconds - (double)simClockNow() / 1000.0;
}

double simClockDate(void) {
	return epoch + (double)simClockNow() / 1000.0;
}

void simClockSetTicks(uint32_t milliseconds) {
	firstTicks = milliseconds;
}

int32_t simClockTicks(void) {
	return (int32_t)(firstTicks + (uint32_t)((simClockNow() - began) / 1000));
}

void simClockBegin(uint64_t microseconds, double date) {
	now = began = microseconds;
	simClockSetEpoch(date);
}

void simClockKeepAwake(int lock, int isOn) {
	awakeLocks = isOn ? awakeLocks | lock : awakeLocks & ~lock;
}

uint64_t simClockIdle(void) {
	return idle;
}
