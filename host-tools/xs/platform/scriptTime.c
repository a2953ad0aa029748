/*
 * The time that script takes, on the clock. XS counts its steps (metering); the natives that compute for long are added. The same program takes
 * the same time on every machine, and every time.
 *
 * Garbage collections take no time here: this heap begins without free memory, and collects whenever it grows, many times as often as the
 * chip's, which has its memory from the start.
 *
 * The chip: ESP32-C3, RV32IMC at 160 MHz. Each cost is in its instructions, one a cycle.
 */
#include "host.h"
#include "clock.h"

enum {
	instructionsPerMicrosecond = 160,
	/*
	 * One step of the meter: a byte code, or a step of a built-in function. The emulated chip takes 1.5 (method calls) to 2.7 times as many
	 * (arithmetic on floats): test/chip/scripttime.test.ts compares them.
	 */
	instructionsPerStep = 43,
	/* XS checks its meter at loops and calls: the clock is not left behind by more than some milliseconds. */
	stepsPerCheck = 10000,
};

/* Natives that take more than a call does: instructions of one call in the example node, from
 * the same test. Sorted by name. */
typedef struct {
	const char *name;
	uint32_t instructions;
} NativeCost;

static const NativeCost nativeCosts[] = {
	{ "xs_aes_cmac", 28300 },
	{ "xs_aes_encrypt", 13700 },
	{ "xs_fft_band", 6910 },
	{ "xs_fft_forward", 237800 },
	{ "xs_fft_power", 321500 },
	{ "xs_inference_invoke", 1932300 },
};

static txMachine *metered;
static uint32_t countedSteps;
static uint64_t instructions; /* not yet on the clock */
static uint32_t collections;

static struct {
	int is;
	txU4 index, interval, nodeIndex;
	uint64_t instructions;
} paused;

static uint64_t elapsed(void *context) {
	const uint32_t steps = metered->meterIndex - countedSteps;
	uint64_t microseconds;
	(void)context;
	if (paused.is)
		return 0;
	countedSteps = metered->meterIndex;
	instructions += (uint64_t)steps * instructionsPerStep;
	microseconds = instructions / instructionsPerMicrosecond;
	instructions -= microseconds * instructionsPerMicrosecond;
	return microseconds;
}

void hostTimePasses(void) {
	simClockNow();
}

static txBoolean checkMeter(txMachine *the, txU4 steps) {
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
	metered = the;
	fxBeginMetering(the, checkMeter, stepsPerCheck);
	countedSteps = the->meterIndex;
	simClockSetMeter(elapsed, NULL);
}

void hostScriptTimePause(txMachine *the) {
	paused.is = 1;
	paused.index = the->meterIndex;
	paused.interval = the->meterInterval;
	paused.instructions = instructions;
	/* A script's machine asks the node's. */
	paused.nodeIndex = metered ? metered->meterIndex : 0;
	the->meterInterval = 0;
}

void hostScriptTimeResume(txMachine *the) {
	if (metered)
		metered->meterIndex = paused.nodeIndex;
	the->meterIndex = paused.index;
	the->meterInterval = paused.interval;
	instructions = paused.instructions;
	paused.is = 0;
}

static int compare(const void *name, const void *cost) {
	return strcmp(name, ((const NativeCost *)cost)->name);
}

uint32_t hostNativeCost(const char *name) {
	const NativeCost *cost =
		bsearch(name, nativeCosts, sizeof nativeCosts / sizeof *nativeCosts, sizeof *nativeCosts, compare);
	return cost ? cost->instructions : 0;
}

void hostNativeRuns(uint32_t cost) {
	instructions += cost;
}

void hostStepsRun(uint32_t steps) {
	instructions += (uint64_t)steps * instructionsPerStep;
}
