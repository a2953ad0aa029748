/*
 * The time that script takes, on the clock: each byte code, built-in function and native by its cost in scriptCosts.h, and the steps that XS counts
 * (metering) in those that have none there. Garbage collections take no time. The same program takes the same time on every machine, and every time.
 *
 * The chip: ESP32-C3, RV32IMC at 160 MHz. Each cost is in its cycles, as the emulated chip takes them (host-tools/chip).
 */
#include "host.h"
#include "clock.h"
#include "scriptCosts.h"

enum {
	cyclesPerMicrosecond = 160,
	/* XS checks its meter at loops and calls: the clock is not left behind by more than some milliseconds. */
	stepsPerCheck = 10000,
	/* A built-in function counts the steps of what it is asked for before it finds no memory for it: `"x".repeat(1e9)`. */
	mostSteps = 100000,
	/* The cost of a call is that of one with a few steps: `Array(4294967295).indexOf(1)` has more. */
	mostCovered = 200,
};

static txMachine *metered;
static uint32_t countedSteps;
static int64_t cycles; /* not yet on the clock */
uint32_t hostByteCodes, hostByteCodeCycles;
static uint32_t countedByteCodes, countedCycles;
static uint32_t collections;

static struct {
	int is;
	txU4 index, interval, nodeIndex;
	uint32_t byteCodes, byteCodeCycles;
	int64_t cycles;
} paused;

static int isRunning(const txMachine *the) {
	return the == metered || (the->script && the->script->check);
}

static void forgetByteCodes(void) {
	countedByteCodes = hostByteCodes;
	countedCycles = hostByteCodeCycles;
}

int hostStepsTaken(txMachine *the, HostSteps are) {
	uint32_t *counted, steps;
	if (paused.is)
		return 0;
	if (!isRunning(the)) {
		forgetByteCodes();
		return 0;
	}
	counted = the->script ? &the->script->countedSteps : &countedSteps;
	steps = the->meterIndex - *counted;
	*counted = the->meterIndex;
	if (are == HOST_STEPS_COVERED)
		steps = steps > mostCovered ? steps - mostCovered : 0;
	else if (are == HOST_STEPS_COUNT) {
		/* The rest are those of built-in functions. */
		const uint32_t byteCodes = hostByteCodes - countedByteCodes;
		steps = steps > byteCodes ? steps - byteCodes : 0;
		cycles += hostByteCodeCycles - countedCycles;
	}
	if (are != HOST_STEPS_FREE)
		cycles += (int64_t)(steps < mostSteps ? steps : mostSteps) * cyclesPerStep;
	forgetByteCodes();
	return 1;
}

void hostLookedUp(txMachine *the) {
	if (hostStepsTaken(the, HOST_STEPS_FREE) && hostStepsOf(the) == HOST_STEPS_COUNT)
		cycles += byteCodeCosts[XS_CODE_GET_CLOSURE_1] - byteCodeCosts[XS_CODE_UNDEFINED] -
			byteCodeCosts[XS_CODE_GET_VARIABLE] - byteCodeCosts[XS_CODE_CALL] -
			byteCodeCosts[XS_CODE_STRING_ARCHIVE_1] - byteCodeCosts[XS_CODE_RUN_1];
}

void hostCyclesTaken(uint32_t count) {
	cycles += count;
}

static uint64_t elapsed(void *context) {
	uint64_t microseconds;
	(void)context;
	if (paused.is)
		return 0;
	hostStepsTaken(metered, hostStepsOf(metered));
	microseconds = cycles > 0 ? (uint64_t)cycles / cyclesPerMicrosecond : 0;
	cycles -= (int64_t)microseconds * cyclesPerMicrosecond;
	return microseconds;
}

void hostTimePasses(void) {
	simClockNow();
}

static txBoolean checkMeter(txMachine *the, txU4 steps) {
	(void)the;
	(void)steps;
	hostTimePasses();
	return 1;
}

/* Called in each garbage collection. */
static void countCollection(txMachine *the, void *it, txMarkRoot markRoot) {
	(void)the;
	(void)it;
	(void)markRoot;
	collections++;
}

uint32_t hostCollections(void) {
	return collections;
}

static txHostHooks hooks = { NULL, countCollection, NULL };

void hostScriptTimeStarts(txMachine *the) {
	static txSlot counter;
	fxBeginHost(the);
	fxNewHostObject(the, NULL);
	/* XS calls the hooks of an object that has data, and of no other. */
	fxSetHostData(the, the->stack, &counter);
	fxSetHostHooks(the, the->stack, &hooks);
	counter.kind = the->stack->kind;
	counter.value = the->stack->value;
	fxRemember(the, &counter);
	mxPop();
	fxEndHost(the);
	hostCallsStart();
	metered = the;
	cycles = cyclesPerStart;
	fxBeginMetering(the, checkMeter, stepsPerCheck);
	countedSteps = the->meterIndex;
	forgetByteCodes();
	simClockSetMeter(elapsed, NULL);
}

void hostScriptTimeTurn(void) {
	hostCallsTurn();
	cycles += cyclesPerTurn;
}

void hostScriptTimePause(txMachine *the) {
	paused.is = 1;
	paused.index = the->meterIndex;
	paused.interval = the->meterInterval;
	paused.cycles = cycles;
	paused.byteCodes = hostByteCodes;
	paused.byteCodeCycles = hostByteCodeCycles;
	/* A script's machine asks the node's. */
	paused.nodeIndex = metered ? metered->meterIndex : 0;
	the->meterInterval = 0;
}

void hostScriptTimeResume(txMachine *the) {
	if (metered)
		metered->meterIndex = paused.nodeIndex;
	the->meterIndex = paused.index;
	the->meterInterval = paused.interval;
	cycles = paused.cycles;
	hostByteCodes = paused.byteCodes;
	hostByteCodeCycles = paused.byteCodeCycles;
	paused.is = 0;
}
