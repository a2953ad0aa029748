#include "worldCosts.h"

#include <inttypes.h>

#include "host.h"
#include "world.h"

enum { slots = 1024 };

typedef struct {
	uintptr_t callback; /* 0: free */
	uint32_t calls;
	uint64_t given, made; /* bytes of texts */
	uint64_t instructions;
} Callback;

static LASTING Callback callbacks[slots];
static LASTING uint64_t sums[COST_KINDS];
static LASTING struct {
	uint32_t count;
	uint64_t instructions;
} byteCodes[XS_CODE_COUNT];
static LASTING unsigned byteCode;
static LASTING uint32_t starts, turns, collections;

static Callback *find(uintptr_t callback) {
	size_t at = (callback >> 1) % slots, tried;
	for (tried = 0; tried < slots; tried++, at = (at + 1) % slots) {
		if (!callbacks[at].callback)
			callbacks[at].callback = callback;
		if (callbacks[at].callback == callback)
			return &callbacks[at];
	}
	worldExit(70);
}

void worldCost(Cost kind, uint64_t instructions) {
	sums[kind] += instructions;
	if (kind == COST_CODE)
		byteCodes[byteCode].instructions += instructions;
}

void worldCostByteCode(unsigned code) {
	byteCode = code % XS_CODE_COUNT;
	byteCodes[byteCode].count++;
}

void worldCostCall(uintptr_t callback, size_t bytes) {
	Callback *it = find(callback);
	it->calls++;
	it->given += bytes;
}

void worldCostResult(uintptr_t callback, size_t bytes) {
	find(callback)->made += bytes;
}

void worldCostOfCall(uintptr_t callback, uint64_t instructions) {
	find(callback)->instructions += instructions;
}

void worldCostStart(void) {
	starts++;
}

void worldCostTurn(void) {
	turns++;
}

void worldCostCollection(void) {
	collections++;
}

void worldCostWrite(FILE *report) {
	const char *separator = "";
	size_t at;
	fprintf(report,
		"\"costs\":{\"starts\":%" PRIu32 ",\"start\":%" PRIu64 ",\"turns\":%" PRIu32 ",\"outside\":%" PRIu64
		",\"collections\":%" PRIu32 ",\"collecting\":%" PRIu64 ",\"code\":%" PRIu64 ",\"calls\":{",
		starts, sums[COST_START], turns, sums[COST_OUTSIDE], collections, sums[COST_GARBAGE], sums[COST_CODE]);
	for (at = 0; at < slots; at++) {
		const Callback *it = &callbacks[at];
		if (!it->callback)
			continue;
		fprintf(report, "%s\"%" PRIxPTR "\":[%" PRIu32 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 "]", separator, it->callback,
			it->calls, it->instructions, it->given, it->made);
		separator = ",";
	}
	fputs("},\"byteCodes\":[", report);
	for (at = 0; at < XS_CODE_COUNT; at++)
		fprintf(report, "%s[%" PRIu32 ",%" PRIu64 "]", at ? "," : "", byteCodes[at].count, byteCodes[at].instructions);
	fputs("]},", report);
}
