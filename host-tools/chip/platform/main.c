/* Reset to the end of the program: links the machine when the files say so, else runs it. */
#include "chip.h"
#include "clock.h"
#include "powered.h"

extern char chipStackBottom[], chipStackTop[], chipDriverTop[], chipDataStart[], chipDataEnd[], chipZeroStart[],
	chipZeroEnd[], chipRamEnd[];

HostProgram hostProgram;

const char *chipSettingOf(const char *name) {
	uint32_t i;
	for (i = 0; i < chipFiles->count; i++) {
		const ChipEntry *entry = &chipFiles->entries[i];
		if (entry->kind == chipSetting && !strcmp((const char *)chipFiles + entry->name, name))
			return (const char *)chipFiles + entry->data;
	}
	return NULL;
}

/* Resources of the run, whose `path` is the entry, and its arguments. */
static void readFiles(void) {
	uint32_t i;
	hostProgram.resources = calloc(chipFiles->count, sizeof(HostFile));
	hostProgram.arguments = calloc(chipFiles->count, sizeof(char *));
	for (i = 0; i < chipFiles->count; i++) {
		const ChipEntry *entry = &chipFiles->entries[i];
		if (entry->kind == chipArgument)
			hostProgram.arguments[hostProgram.argumentCount++] = (char *)chipFiles + entry->data;
		if (entry->kind != chipResource)
			continue;
		hostProgram.resources[hostProgram.resourceCount++] =
			(HostFile){ (char *)chipFiles + entry->name, (char *)entry, 0, 0 };
	}
}

const void *hostMap(const char *path, size_t *size) {
	const ChipEntry *entry = (const ChipEntry *)path;
	*size = entry->size;
	return (const char *)chipFiles + entry->data;
}

txScript *hostLoadScript(txMachine *the, const HostFile *file) {
	(void)the;
	return chipImage->scripts[file - hostProgram.modules];
}

/* XS's memory in bytes: without a size in the manifest, half of what RAM has. */
static txSize memoryBytes(void) {
	return hostProgram.staticBytes ? hostProgram.staticBytes : (txSize)((chipRamEnd - chipZeroEnd) / 2);
}

static void watch(txMachine *the) {
	const WorldView view = {
		.machine = the,
		.stackPaintFrom = the->stackBottom,
		.stackPaintTo = the->stack,
		.cStackBottom = chipStackBottom,
		.cStackTop = chipStackTop,
		.driverStackTop = chipDriverTop,
		.heapFrom = &chipHeapFrom,
		.heapTop = &chipHeapTop,
		.xsBytes = (uint32_t)memoryBytes(),
		.statics = (uint32_t)(chipDataEnd - chipDataStart) + (uint32_t)(chipZeroEnd - chipZeroStart),
		.imageBytes = chipImage->used,
		.files = hostProgram.modules,
		.scripts = (const void *const *)chipImage->scripts,
		.moduleCount = hostProgram.moduleCount,
	};
	memset(the->stackBottom, worldPaint, (size_t)((char *)the->stack - (char *)the->stackBottom));
	worldWatch(&view);
}

static void run(void) {
	extern void hostSeed(uint32_t seed);
	const char *seed = chipSettingOf("seed"), *ticks = chipSettingOf("ticks");
	txMachine *the;
	txCreation creation = { 0 };
	hostProgram = chipImage->program;
	readFiles();
	/* The chip's own clock goes on over a deep sleep. */
	if (simPowered()->starts == 0)
		simClockSetEpoch(strtod(chipSettingOf("epoch"), NULL));
	/* Time.ticks is about to become negative, as in the host program. */
	simClockSetTicks(ticks ? (uint32_t)strtoul(ticks, NULL, 10) : 0x80000000u - 20000u);
	if (seed)
		hostSeed((uint32_t)strtoul(seed, NULL, 10));
	hostStirRandom(simPowered()->starts);
	if (hostRestarts())
		simPoweredAllowRestarts();
	chipMemoryStart(memoryBytes());
	creation.initialChunkSize = hostProgram.chunkInitial;
	creation.incrementalChunkSize = hostProgram.chunkIncremental;
	creation.initialHeapCount = hostProgram.slotInitial;
	creation.incrementalHeapCount = hostProgram.slotIncremental;
	creation.stackCount = hostProgram.stackCount;
	creation.initialKeyCount = hostProgram.keyInitial;
	creation.incrementalKeyCount = hostProgram.keyIncremental;
	creation.nameModulo = chipImage->machine->nameModulo;
	creation.symbolModulo = chipImage->machine->symbolModulo;
	the = fxCloneMachine(&creation, chipImage->machine, hostProgram.name, NULL);
	if (!the) {
		fprintf(stderr, "the machine could not be created\n");
		worldExit(HOST_EXIT_RESOURCES);
	}
	hostStartNatives(the);
	watch(the);
	hostRun(the);
	hostExit(the, HOST_EXIT_OK);
}

/* A run may have less RAM than the chip, as on a chip whose system takes more of it. */
static char *ramEnd(void) {
	const char *bytes = chipSettingOf("ram");
	return bytes ? chipStackBottom + strtoul(bytes, NULL, 10) : chipRamEnd;
}

void chipMain(void) {
	chipHeapStart(chipZeroEnd, chipRamEnd);
	if (chipFiles->magic != chipFilesMagic) {
		fprintf(stderr, "there are no files in flash\n");
		worldExit(HOST_EXIT_USAGE);
	}
	chipHeapStart(chipZeroEnd, ramEnd());
	if (chipFiles->isLink)
		chipLink();
	if (chipImage->magic != chipImageMagic) {
		fprintf(stderr, "there is no machine in flash\n");
		worldExit(HOST_EXIT_USAGE);
	}
	run();
}
