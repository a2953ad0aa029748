/*
 * instrumentsHal.h on the chip, in builds that the SDK instruments (`mcconfig -d`); in others there is no xsbug. The SDK samples
 * a fixed list once a second; here its sampling is taken over, as the SDK's own workers do, with a list that has the node's
 * figures too. XS adds its own: chunks, slots, stack, garbage collections, keys, modules.
 */
#include "xsmc.h"
#include "instrumentsHal.h"

#if defined(mxInstrument)

	#include "xsHosts.h"
	#include "modInstrumentation.h"

	#define COUNT(list) ((int)(sizeof(list) / sizeof(*(list))))

typedef struct {
	const char *name, *unit;
} Described;

/* Of the SDK's list what a node without screen and IP network has. */
static const struct {
	uint8_t what;
	Described described;
} ofSdk[] = {
	{ kModInstrumentationSystemFreeMemory, { "System bytes free", " bytes" } },
	{ kModInstrumentationTurns, { "Turns", " turns" } },
	{ kModInstrumentationTimers, { "Timers", " timers" } },
	{ kModInstrumentationSPIFlashErases, { "SPI flash erases", " sectors" } },
	{ kModInstrumentationCPU0, { "CPU", " percent" } },
};
static const Described ofNode[] = { INSTRUMENT_LIST };

enum { total = COUNT(ofSdk) + INSTRUMENT_COUNT };

static int32_t values[INSTRUMENT_COUNT];

void fxSampleInstrumentation(xsMachine *the, xsIntegerValue count, xsIntegerValue *sampled);

/* Counters begin anew, as in the SDK's sampling. */
static void sample(modTimer timer, void *refcon, int refconSize) {
	xsMachine *the = *(xsMachine **)refcon;
	xsIntegerValue sampled[total];
	int i;
	(void)timer;
	(void)refconSize;
	for (i = 0; i < COUNT(ofSdk); i++)
		sampled[i] = modInstrumentationGet_(the, ofSdk[i].what);
	for (i = 0; i < INSTRUMENT_COUNT; i++)
		sampled[COUNT(ofSdk) + i] = values[i];
	fxSampleInstrumentation(the, total, sampled);
	modInstrumentationSet(Turns, 0);
	modInstrumentationSet(SPIFlashErases, 0);
	modInstrumentMachineReset(the);
}

void instrumentsHalStart(void *machine) {
	xsMachine *the = machine;
	char *names[total], *units[total];
	int i;
	for (i = 0; i < total; i++) {
		const Described *described = i < COUNT(ofSdk) ? &ofSdk[i].described : &ofNode[i - COUNT(ofSdk)];
		names[i] = (char *)described->name;
		units[i] = (char *)described->unit;
	}
	modInstrumentMachineEnd(the);
	modInstrumentMachineBegin(the, sample, total, names, units);
}

void instrumentsHalSet(unsigned which, int32_t value) {
	values[which] = value;
}

#else

void instrumentsHalStart(void *machine) {
	(void)machine;
}

void instrumentsHalSet(unsigned which, int32_t value) {
	(void)which;
	(void)value;
}

#endif
