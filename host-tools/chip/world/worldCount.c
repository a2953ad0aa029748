/*
 * Each instruction belongs to the module whose function runs; a native method, and XS itself, to the module that called; garbage
 * collection and what runs without script to themselves, and so does all else from a reset to the end of the first turn. At each window of the journal, and when the program ends, a line of JSON goes to the file LOAM_REPORT.
 */
#include "worldCount.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host.h"
#include "powered.h"
#include "simWatchdog.h"
#include "world.h"

enum { noScript, garbage, wake, firstModule };

typedef struct {
	const txByte *from, *to;
	size_t module;
} Range;

typedef struct {
	const void *slot; /* on XS's stack: deeper calls are at lower addresses */
	size_t place;
} Call;

enum { maximumCalls = 512, maximumModules = 256 };

static WorldView view;
static Range *ranges;
static size_t rangeCount;
static LASTING uint64_t counts[maximumModules + firstModule];
static int isWatching;
static int turnsToWake = 2; /* the first turn begins, and the next one */
static Call calls[maximumCalls];
static size_t callCount, place, collecting, driving;
/* Of the node's machine, and of an app script's. */
static LASTING size_t collections, scriptCollections;
/* Of the node's, since it has begun after a sleep, or since the last window's end. */
static size_t windowCollections;
static LASTING uint64_t since, windowAt;
static uint64_t turnAt, verdictAt;
static FILE *report;

static int compareRanges(const void *a, const void *b) {
	const Range *left = a, *right = b;
	return left->from < right->from ? -1 : left->from > right->from;
}

/* What ran until now was this place's. */
static void charge(size_t next) {
	const uint64_t now = worldChipInstructions();
	counts[collecting ? garbage : turnsToWake ? wake : driving ? noScript : place] += now - since;
	since = now;
	place = next;
}

void worldWatch(const WorldView *watched) {
	const char *path = getenv("LOAM_REPORT");
	size_t i;
	view = *watched;
	ranges = calloc(view.moduleCount, sizeof(Range));
	if (view.moduleCount > maximumModules)
		worldExit(70);
	for (i = 0; i < view.moduleCount; i++) {
		const txScript *script = view.scripts[i];
		ranges[rangeCount++] = (Range){ script->codeBuffer, script->codeBuffer + script->codeSize, i };
	}
	qsort(ranges, rangeCount, sizeof(Range), compareRanges);
	isWatching = 1;
	charge(noScript);
	turnAt = since;
	if (path)
		report = fopen(path, "a");
}

static size_t moduleAt(const txByte *code) {
	size_t low = 0, high = rangeCount;
	while (low < high) {
		const size_t middle = (low + high) / 2;
		if (code < ranges[middle].from)
			high = middle;
		else if (code >= ranges[middle].to)
			low = middle + 1;
		else
			return ranges[middle].module + firstModule;
	}
	return noScript;
}

/* Calls that were left by an exception are still on our list, at or below the stack's top. */
static void drop(const void *slot) {
	while (callCount && calls[callCount - 1].slot <= slot)
		callCount--;
}

static size_t top(void) {
	return callCount ? calls[callCount - 1].place : noScript;
}

void worldEnterFunction(void *machine, void *function) {
	const txSlot *reference = function, *code;
	size_t next;
	(void)machine;
	if (!isWatching)
		return;
	drop(function);
	next = top();
	if (reference->kind == XS_REFERENCE_KIND) {
		code = reference->value.reference->next;
		if (code && (code->kind == XS_CODE_KIND || code->kind == XS_CODE_X_KIND))
			next = moduleAt(code->value.code.address);
	}
	charge(next);
	if (callCount < maximumCalls)
		calls[callCount++] = (Call){ function, next };
}

void worldLeaveFunction(void *machine, void *function) {
	(void)machine;
	if (!isWatching)
		return;
	drop(function);
	charge(top());
}

void worldCollect(void *machine, int isBeginning) {
	charge(place);
	collecting = (size_t)isBeginning;
	if (machine == view.machine) {
		collections += (size_t)isBeginning;
		windowCollections += (size_t)isBeginning;
	} else {
		scriptCollections += (size_t)isBeginning;
	}
}

void worldDriver(int isRunning) {
	charge(place);
	driving = (size_t)isRunning;
}

void worldTurn(void) {
	simWatchdogTurn();
	if (!isWatching)
		return;
	callCount = 0;
	charge(noScript);
	if (turnsToWake)
		turnsToWake--;
	turnAt = since;
}

/* Bytes from `from` up that still have the pattern. A few bytes may have it by chance. */
static uint32_t untouched(const void *from, const void *to) {
	const unsigned char *at = from;
	while ((const void *)at < to && *at == worldPaint)
		at++;
	return (uint32_t)(at - (const unsigned char *)from);
}

/* As platform/stack.c on the host: XS uses the stack's far end as scratch memory, which is beyond untouched slots. */
static uint32_t stackPeak(void) {
	enum { untouchedRun = 8 };
	const txSlot *from = view.stackPaintFrom, *start = view.stackPaintTo, *slot = start, *deepest = start;
	while (slot > from && deepest - slot < untouchedRun) {
		slot--;
		if (untouched(slot, slot + 1) < sizeof(txSlot))
			deepest = slot;
	}
	return (uint32_t)(start - deepest);
}

static void writeState(void) {
	static char power[8192];
	const txMachine *the = view.machine;
	const uint32_t cStack = (uint32_t)((char *)view.cStackTop - (char *)view.cStackBottom),
				   driver = (uint32_t)((char *)view.driverStackTop - (char *)view.cStackTop);
	fprintf(report,
		"\"memory\":{\"slots\":%" PRIu32 ",\"slotPeak\":%" PRIu32 ",\"slotsReserved\":%" PRIu32 ",\"chunks\":%" PRIu32
		",\"chunkPeak\":%" PRIu32 ",\"chunksReserved\":%" PRIu32 ",\"stackPeak\":%" PRIu32 ",\"stackReserved\":%" PRIu32
		",\"xs\":%" PRIu32 ",\"heap\":%" PRIu32 ",\"cStackPeak\":%" PRIu32 ",\"cStackReserved\":%" PRIu32
		",\"driverStackPeak\":%" PRIu32 ",\"driverStackReserved\":%" PRIu32 ",\"statics\":%" PRIu32
		",\"image\":%" PRIu32 "},",
		(uint32_t)the->currentHeapCount * 16, (uint32_t)the->peakHeapCount * 16, (uint32_t)the->maximumHeapCount * 16,
		(uint32_t)the->currentChunksSize, (uint32_t)the->peakChunksSize, (uint32_t)the->maximumChunksSize,
		stackPeak() * 16, (uint32_t)((char *)the->stackTop - (char *)the->stackBottom), view.xsBytes,
		(uint32_t)(*view.heapTop - *view.heapFrom), cStack - untouched(view.cStackBottom, view.cStackTop), cStack,
		driver - untouched(view.cStackTop, view.driverStackTop), driver, view.statics, view.imageBytes);
	simPoweredReport(power, sizeof power);
	fprintf(report, "%s}\n", power);
	fflush(report);
}

static void writeWindow(void) {
	const HostFile *files = view.files;
	size_t i;
	fprintf(report,
		"{\"instructions\":%" PRIu64 ",\"toVerdict\":%" PRIu64
		",\"collections\":%u,\"windowCollections\":%u,\"scriptCollections\":%u,\"modules\":{\"\":%" PRIu64
		",\"garbage collection\":%" PRIu64 ",\"wake\":%" PRIu64,
		since - windowAt, verdictAt, (unsigned)collections, (unsigned)windowCollections, (unsigned)scriptCollections,
		counts[noScript], counts[garbage], counts[wake]);
	for (i = 0; i < view.moduleCount; i++) {
		if (counts[i + firstModule])
			fprintf(report, ",\"%s\":%" PRIu64, files[i].name, counts[i + firstModule]);
	}
	fputs("},", report);
	writeState();
	memset(counts, 0, sizeof counts);
	windowAt = since;
	verdictAt = 0;
	collections = windowCollections = scriptCollections = 0;
}

static int begins(const char *text, size_t length, const char *with) {
	const size_t size = strlen(with);
	return length >= size && !memcmp(text, with, size);
}

void worldCountText(const char *text, size_t length) {
	if (!report)
		return;
	charge(place);
	if (begins(text, length, "{\"event\":\"verdict\""))
		verdictAt = since - turnAt;
	else if (begins(text, length, "{\"event\":\"window\""))
		writeWindow();
}

void worldCountEnd(void) {
	if (!report)
		return;
	charge(place);
	fputc('{', report);
	writeState();
	fclose(report);
	report = NULL;
}
