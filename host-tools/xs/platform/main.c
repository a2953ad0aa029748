/* host PROGRAM-FILE [options] [-- arguments]: runs a program of device code under XS. */
#include "host.h"

/* XS with what is in flash on the chip: the built-in objects and the modules that the manifest preloads. */
static txMachine *createMachine(void) {
	txCreation creation = { 0 };
	txMachine *the;
	/* The heap grows as the built-in objects need, in steps that cost few collections; from hostMemoryStarted on memory.c checks it. */
	creation.initialChunkSize = creation.incrementalChunkSize = 16 * 1024;
	creation.initialHeapCount = creation.incrementalHeapCount = 1024;
	/* The built-in objects are at the bottom of the stack; on the chip they are in flash. */
	creation.stackCount = mxStackIndexCount + hostProgram.stackCount;
	creation.initialKeyCount = 8 * 1024 + hostProgram.keyInitial;
	creation.incrementalKeyCount = hostProgram.keyIncremental;
	creation.nameModulo = 1993;
	creation.symbolModulo = 127;
	creation.parserBufferSize = 256 * 1024;
	creation.parserTableModulo = 1993;
	the = fxCreateMachine(&creation, hostProgram.name ? hostProgram.name : "loam", NULL, XS_NO_ID);
	if (!the) {
		fprintf(stderr, "the machine could not be created\n");
		exit(HOST_EXIT_RESOURCES);
	}
	hostStartNatives(the);
	hostBuildGlobals(the);
	hostPreload(the);
	hostMemoryStarted(the);
	return the;
}

int main(int argc, char **argv) {
	txMachine *the = NULL;
	int restarts;
	if (argc < 2) {
		fprintf(stderr,
			"usage: host PROGRAM-FILE [--resource NAME FILE] [--epoch MS] [--ticks MS] [--seed N] [-- ARGUMENTS]\n");
		return HOST_EXIT_USAGE;
	}
	setenv("TZ", "UTC", 1);
	hostReadProgram(argv[1]);
	hostReadOptions(argc - 2, argv + 2);
	restarts = hostRestarts();
	if (!restarts || !getenv("XSBUG_HOST"))
		the = createMachine();
	if (restarts)
		hostSupervise(the);
	if (!the)
		the = createMachine();
	hostEndOnRequest(the);
	hostScriptTimeStarts(the);
	hostRun(the);
	hostExit(the, HOST_EXIT_OK);
}
