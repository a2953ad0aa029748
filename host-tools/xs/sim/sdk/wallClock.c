/*
 * clock.h on the SDK's desktop platform (mcconfig -p lin): the clock is the real one and the SDK's timers drive it. There
 * is no medium between nodes there, so a gate is never asked. The host program has the virtual clock.c in its place.
 */
#include "clock.h"

#include <stdlib.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
#include "xs.h"
#include "modTimer.h"

typedef struct Entry {
	struct Entry *next;
	uint64_t when;
	uint32_t id;
	int isTask;
	SimEvent call;
	void *context;
	modTimer timer;
} Entry;

static Entry *entries; /* in order of asking */
static uint32_t lastId;
static double epochShift;

static uint64_t monotonic(void) {
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000000u + (uint64_t)time.tv_nsec / 1000u;
}

uint64_t simClockNow(void) {
	static uint64_t start;
	if (!start)
		start = monotonic();
	return monotonic() - start;
}

/* Takes the entry out of the list and runs it. */
static void runEntry(Entry *entry) {
	Entry **link = &entries, copy = *entry;
	while (*link != entry)
		link = &(*link)->next;
	*link = entry->next;
	free(entry);
	copy.call(copy.context);
}

static void timerFired(modTimer timer, void *refcon, int size) {
	Entry *entry;
	(void)refcon;
	(void)size;
	for (entry = entries; entry; entry = entry->next) {
		if (entry->timer == timer) {
			runEntry(entry); /* the SDK frees a timer that does not repeat */
			return;
		}
	}
}

static uint32_t add(uint64_t when, SimEvent call, void *context, int isTask) {
	uint64_t now = simClockNow();
	uint64_t wait = when > now ? (when - now + 999) / 1000 : 0;
	Entry **link = &entries, *entry = calloc(1, sizeof(Entry));
	if (++lastId == 0)
		lastId = 1;
	*entry = (Entry){ NULL, when, lastId, isTask, call, context, NULL };
	entry->timer = modTimerAdd((int)wait, 0, timerFired, NULL, 0);
	while (*link)
		link = &(*link)->next;
	*link = entry;
	return entry->id;
}

uint32_t simClockAt(uint64_t when, SimEvent call, void *context) {
	return add(when, call, context, 0);
}

uint32_t simClockTaskAt(uint64_t when, SimEvent call, void *context) {
	return add(when, call, context, 1);
}

void simClockKeepAwake(int lock, int isOn) {
	(void)lock;
	(void)isOn;
}

void simClockCancel(uint32_t id) {
	Entry **link;
	for (link = &entries; *link; link = &(*link)->next) {
		Entry *entry = *link;
		if (entry->id != id)
			continue;
		*link = entry->next;
		modTimerRemove(entry->timer);
		free(entry);
		return;
	}
}

void simClockAdvance(uint64_t microseconds) {
	uint64_t target = simClockNow() + microseconds;
	for (;;) {
		Entry *entry, *first = NULL;
		uint64_t now = simClockNow(), until;
		for (entry = entries; entry; entry = entry->next) {
			if (!entry->isTask && entry->when <= target && (!first || entry->when < first->when))
				first = entry;
		}
		until = first ? first->when : target;
		if (until > now)
			usleep((useconds_t)(until - now));
		if (!first)
			return;
		modTimerRemove(first->timer);
		runEntry(first);
	}
}

/* A desktop's file takes its own time. */
void simClockStall(uint64_t microseconds) {
	(void)microseconds;
}

uint64_t simClockAfterStall(uint64_t when) {
	return when;
}

void simClockWait(uint64_t microseconds) {
	simClockAdvance(microseconds);
}

void simClockSetMeter(SimMeter meter, void *context) {
	(void)meter;
	(void)context;
}

void simClockSetGate(SimGate gate, void *context) {
	(void)gate;
	(void)context;
}

/* The clock is the real one. */
void simClockSetPace(void (*pace)(uint64_t target)) {
	(void)pace;
}

int simClockIsAtGate(void) {
	return 0;
}

int simClockStep(void) {
	return 0; /* the SDK has its own event loop */
}

double simClockDate(void) {
	struct timeval time;
	gettimeofday(&time, NULL);
	return (double)time.tv_sec * 1000.0 + (double)time.tv_usec / 1000.0 + epochShift;
}

void simClockSetEpoch(double milliseconds) {
	epochShift += milliseconds - simClockDate();
}
