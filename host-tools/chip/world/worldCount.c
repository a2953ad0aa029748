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
#include "worldCosts.h"
#include "world.h"

enum { noScript, garbage, wake, firstModule };

typedef struct {
	const txByte *from, *to;
	size_t module;
} Range;

/* Of a machine: the node's, or an app script's. */
typedef struct {
	const void *machine;
	const void *slot; /* on XS's stack: deeper calls are at lower addresses */
	size_t place;
	uintptr_t callback; /* a built-in function or native; 0: byte code */
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
static uintptr_t callback;
/* Instructions of modules that stand for hardware. */
static LASTING uint64_t simulated;
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

static int isSimulated(void) {
	const HostFile *files = view.files;
	return place >= firstModule && !collecting && !driving && files[place - firstModule].isSimulated;
}

uint64_t worldSimulatedInstructions(void) {
	return simulated + (isSimulated() ? worldChipInstructions() - since : 0);
}

/* To what the host program's costs are made of. */
static void addCost(uint64_t instructions) {
	if (collecting)
		worldCost(COST_GARBAGE, instructions);
	else if (isSimulated())
		simulated += instructions;
	else if (callback && !driving)
		worldCostOfCall(callback, instructions);
	else if (callCount && !driving)
		worldCost(COST_CODE, instructions);
	else
		worldCost(turnsToWake ? COST_START : COST_OUTSIDE, instructions);
}

/* What ran until now was this place's. */
static void charge(size_t next) {
	const uint64_t now = worldChipInstructions();
	counts[collecting ? garbage : turnsToWake ? wake : driving ? noScript : place] += now - since;
	addCost(now - since);
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
	worldCostStart();
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

/* Calls that have ended, by an exception too, are at or below this place of the machine's stack; and what they called, in another machine. */
static void drop(const void *machine, const void *slot) {
	size_t at = callCount;
	while (at-- > 0) {
		if (calls[at].machine != machine)
			continue;
		if (calls[at].slot > slot)
			break;
		callCount = at;
	}
}

/* What was called last, and has not ended, runs from now on. */
static void goOn(void) {
	static const Call none = { .place = noScript };
	const Call *call = callCount ? &calls[callCount - 1] : &none;
	charge(call->place);
	callback = call->callback;
}

/* In the chip's memory. */
static size_t textBytes(const txSlot *slot) {
	return slot && (slot->kind == XS_STRING_KIND || slot->kind == XS_STRING_X_KIND) ? strlen(slot->value.string) : 0;
}

void worldEnterFunction(void *machine, void *function) {
	const txSlot *reference = function, *its = NULL;
	Call call = { .machine = machine, .slot = function, .place = noScript };
	if (!isWatching)
		return;
	drop(machine, function);
	if (callCount)
		call.place = calls[callCount - 1].place;
	if (reference->kind == XS_REFERENCE_KIND)
		its = reference->value.reference->next;
	if (its && (its->kind == XS_CODE_KIND || its->kind == XS_CODE_X_KIND))
		call.place = moduleAt(its->value.code.address);
	else if (its && (its->kind == XS_CALLBACK_KIND || its->kind == XS_CALLBACK_X_KIND))
		call.callback = (uintptr_t)its->value.callback.address;
	if (callCount < maximumCalls)
		calls[callCount++] = call;
	goOn();
	if (callback && !isSimulated())
		worldCostCall(callback, textBytes(hostFirstArgument(reference)));
}

void worldLeaveFunction(void *machine, void *function) {
	if (!isWatching)
		return;
	if (callback && callCount && calls[callCount - 1].slot == function && !isSimulated())
		worldCostResult(callback, textBytes(hostResultOf(function)));
	drop(machine, function);
	goOn();
}

unsigned worldByteCode(void *machine, unsigned code) {
	(void)machine;
	if (isWatching) {
		charge(place);
		worldCostByteCode(code);
	}
	return 1;
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
	if (isBeginning && machine == view.machine)
		worldCostCollection();
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
	goOn();
	worldCostTurn();
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
	worldCostWrite(report);
	writeState();
	fclose(report);
	report = NULL;
}
