/*
 * The graph of xsbug: XS's memory, counted in the chip's bytes as memory.c does and under the names that the SDK gives, and the node's
 * own figures. A sample is sent at each break, after each window, and while the program runs some times a second of real time: one a
 * simulated second would be thousands.
 */
#include "debugger.h"
#include "../../../native/instruments/instrumentsHal.h"

enum { intervalMilliseconds = 200, chipSlotBytes = 16 };

typedef struct {
	const char *name, *unit;
} Described;

static const Described ofXs[] = {
	{ "Chunk used", " / " },
	{ "Chunk available", " bytes" },
	{ "Slot used", " / " },
	{ "Slot available", " bytes" },
	{ "Stack used", " / " },
	{ "Stack available", " bytes" },
	{ "Garbage collections", " times" },
	{ "Keys used", " keys" },
	{ "Modules loaded", " modules" },
};
static const Described ofNode[] = { INSTRUMENT_LIST };

enum { xsCount = sizeof(ofXs) / sizeof(*ofXs) };

static int32_t values[INSTRUMENT_COUNT];
static int isNode, isDescribed, isDue;
static int64_t sampledAt;

void instrumentsHalStart(void *machine) {
	(void)machine;
	isNode = 1;
	isDescribed = 0;
}

void instrumentsHalSet(unsigned which, int32_t value) {
	values[which] = value;
	if (which == INSTRUMENT_CONFIDENCE || which == INSTRUMENT_WINDOW_TIME)
		isDue = 1;
}

void hostInstrumentsReset(void) {
	isDescribed = 0;
}

static void describe(txMachine *the) {
	DebugDocument document;
	int i;
	hostDebugBegin(&document);
	fputs("<instruments>", document.file);
	for (i = 0; i < xsCount + (isNode ? INSTRUMENT_COUNT : 0); i++) {
		const Described *described = i < xsCount ? &ofXs[i] : &ofNode[i - xsCount];
		fprintf(document.file, "<instrument name=\"%s\" value=\"%s\"/>", described->name, described->unit);
	}
	fputs("</instruments>", document.file);
	hostDebugEnd(&document, the);
	isDescribed = 1;
}

static void sendSample(txMachine *the) {
	const int stackBytes = hostProgram.stackCount * chipSlotBytes;
	HostMemory memory;
	DebugDocument document;
	int room, i;
	hostMemoryMeasure(the, &memory);
	/* What is held for neither slots nor chunks is for both. */
	room = hostProgram.staticBytes ? hostProgram.staticBytes - memory.total : 0;
	hostDebugBegin(&document);
	fprintf(document.file, "<samples>%d,%d,%d,%d,%d,%d,%u,%d,%d", (int)memory.chunkBytes, (int)memory.chunkBytes + room,
		(int)memory.slotBytes, (int)memory.slotsHeld * chipSlotBytes + room, hostMemoryStackPeak(the) * chipSlotBytes,
		stackBytes, (unsigned)hostCollections(), hostProgram.keyInitial - (int)(the->keyCount - the->keyIndex),
		hostModulesLoaded);
	for (i = 0; isNode && i < INSTRUMENT_COUNT; i++)
		fprintf(document.file, ",%d", (int)values[i]);
	fputs("</samples>", document.file);
	hostDebugEnd(&document, the);
}

void hostInstrumentsSample(txMachine *the) {
	/* They are the node's. */
	if (the->script || !fxIsConnected(the) || !hostMemoryIsWatched())
		return;
	if (!isDescribed)
		describe(the);
	sendSample(the);
	isDue = 0;
	sampledAt = hostDebuggerMilliseconds();
}

void hostInstrumentsTurn(txMachine *the) {
	if (isDue || hostDebuggerMilliseconds() - sampledAt >= intervalMilliseconds)
		hostInstrumentsSample(the);
}
