/*
 * Whose steps take time. Modules of simulated parts (sensors, buses, pins) are script in the node's machine, and stand for hardware: XS counts their
 * steps, the clock does not. Of a built-in function or native whose cost is known, the clock has that instead of its steps. What either of them calls
 * back takes time again.
 */
#include "host.h"
#include "scriptCosts.h"

#include <dlfcn.h>

typedef struct {
	const txByte *from, *to;
} Code;

/* A call by which this changes. */
typedef struct {
	const txMachine *machine;
	const txSlot *slot; /* on XS's stack: deeper calls are at lower addresses */
	HostSteps steps;
	uint32_t perMade;
} Change;

typedef struct {
	txCallback callback;
	uint32_t cycles, perGiven, perMade;
} Cost;

enum { maximumChanges = 256 };

static Code *codes;
static size_t codeCount;
static Cost costs[sizeof callCosts / sizeof *callCosts];
static size_t costCount;
static Change changes[maximumChanges];
static size_t changeCount;

void hostSimulatedCode(const txScript *script) {
	codes = realloc(codes, (codeCount + 1) * sizeof(Code));
	codes[codeCount++] = (Code){ script->codeBuffer, script->codeBuffer + script->codeSize };
}

static int compareCosts(const void *a, const void *b) {
	const Cost *left = a, *right = b;
	return ((uintptr_t)left->callback > (uintptr_t)right->callback) -
		((uintptr_t)left->callback < (uintptr_t)right->callback);
}

/* A program has some of the natives. */
void hostCallsStart(void) {
	size_t i;
	for (i = 0; i < sizeof callCosts / sizeof *callCosts; i++) {
		void *address = dlsym(RTLD_DEFAULT, callCosts[i].name);
		if (address)
			costs[costCount++] =
				(Cost){ (txCallback)address, callCosts[i].cycles, callCosts[i].perGiven, callCosts[i].perMade };
	}
	qsort(costs, costCount, sizeof(Cost), compareCosts);
}

static const Cost *costOf(txCallback callback) {
	const Cost key = { .callback = callback };
	return bsearch(&key, costs, costCount, sizeof(Cost), compareCosts);
}

static int isSimulated(const txByte *code) {
	size_t i;
	for (i = 0; i < codeCount; i++) {
		if (code >= codes[i].from && code < codes[i].to)
			return 1;
	}
	return 0;
}

static const Change *top(void) {
	static const Change none;
	return changeCount ? &changes[changeCount - 1] : &none;
}

/* Calls that have ended, by an exception too, are at or below this place of the machine's stack; and what they called, in another machine. */
static void drop(const txMachine *the, const txSlot *slot) {
	size_t at = changeCount;
	while (at-- > 0) {
		if (changes[at].machine != the)
			continue;
		if (changes[at].slot > slot)
			break;
		changeCount = at;
	}
}

static void push(const txMachine *the, const txSlot *slot, HostSteps steps, uint32_t perMade) {
	if (changeCount < maximumChanges)
		changes[changeCount++] = (Change){ the, slot, steps, perMade };
}

static uint32_t textBytes(const txSlot *slot) {
	return slot && (slot->kind == XS_STRING_KIND || slot->kind == XS_STRING_X_KIND)
		? (uint32_t)strlen(slot->value.string)
		: 0;
}

void hostFunctionBegins(txMachine *the, txSlot *function) {
	const txSlot *its;
	if (!hostStepsTaken(the, top()->steps))
		return;
	drop(the, function);
	its = function->kind == XS_REFERENCE_KIND ? function->value.reference->next : NULL;
	if (!its)
		return;
	if (its->kind == XS_CODE_KIND || its->kind == XS_CODE_X_KIND) {
		const int is = !the->script && isSimulated(its->value.code.address);
		const HostSteps steps = is ? HOST_STEPS_FREE : HOST_STEPS_COUNT;
		if (steps != top()->steps)
			push(the, function, steps, 0);
	} else if ((its->kind == XS_CALLBACK_KIND || its->kind == XS_CALLBACK_X_KIND) && top()->steps != HOST_STEPS_FREE) {
		const Cost *cost = costOf(its->value.callback.address);
		if (!cost)
			return;
		hostCyclesTaken(cost->cycles);
		if (cost->perGiven)
			hostCyclesTaken(cost->perGiven * textBytes(hostFirstArgument(function)));
		push(the, function, HOST_STEPS_COVERED, cost->perMade);
	}
}

void hostFunctionEnds(txMachine *the, txSlot *function) {
	if (!hostStepsTaken(the, top()->steps))
		return;
	if (top()->perMade && top()->slot == function)
		hostCyclesTaken(top()->perMade * textBytes(hostResultOf(function)));
	drop(the, function);
}

HostSteps hostStepsOf(txMachine *the) {
	/* Of calls that an exception has left, nothing may be left while a loop goes on. */
	drop(the, the->stack - 1);
	return top()->steps;
}

void hostCallsTurn(void) {
	changeCount = 0;
}
