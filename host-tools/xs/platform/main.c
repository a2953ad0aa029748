/* host PROGRAM-FILE [options] [-- arguments]: runs a program of device code under XS. */
#include "host.h"

/*
 * Two things live in the heap here that the chip's linker puts into flash: the built-in objects with their names, and
 * the names in the program's own code. The machine is therefore created with room for both and the growth beyond them is
 * what memory.c holds against the chip's sizes.
 */
enum { builtInSlots = 32 * 1024, builtInChunkBytes = 1024 * 1024, builtInKeys = 8 * 1024 };

int main(int argc, char **argv)
{
	txCreation creation = { 0 };
	txMachine *the;
	if (argc < 2) {
		fprintf(stderr, "usage: host PROGRAM-FILE [--resource NAME FILE] [--flash FILE] [--power-cut N] [--epoch MS] [--seed N] [-- ARGUMENTS]\n");
		return HOST_EXIT_USAGE;
	}
	setenv("TZ", "UTC", 1);
	hostReadProgram(argv[1]);
	hostReadOptions(argc - 2, argv + 2);
	creation.initialChunkSize = builtInChunkBytes;
	creation.incrementalChunkSize = hostProgram.chunkIncremental;
	creation.initialHeapCount = builtInSlots;
	creation.incrementalHeapCount = hostProgram.slotIncremental;
	creation.stackCount = hostProgram.stackCount;
	creation.initialKeyCount = builtInKeys;
	creation.incrementalKeyCount = hostProgram.keyIncremental;
	creation.nameModulo = 1993;
	creation.symbolModulo = 127;
	creation.parserBufferSize = 256 * 1024;
	creation.parserTableModulo = 1993;
	the = fxCreateMachine(&creation, hostProgram.name ? hostProgram.name : "loam", NULL, XS_NO_ID);
	if (!the) {
		fprintf(stderr, "the machine could not be created\n");
		return HOST_EXIT_RESOURCES;
	}
	hostMachine = the;
	hostBuildGlobals(the);
	hostMemoryStarted(the);
	hostRun(the);
	hostExit(the, HOST_EXIT_OK);
}
