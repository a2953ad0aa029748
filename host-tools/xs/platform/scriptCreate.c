/* A script machine of the host program: with built-in objects of its own, which are in flash on the chip and do not count. */
#include "host.h"

/* As esp32/scriptEsp32.c. */
enum { ownStack = 32, scriptKeys = 256 };

/* What is free in the blocks is not the script's. */
static void dropFreeChunks(txMachine *the) {
#if !mxNoChunks
	txBlock *block;
	for (block = the->firstBlock; block; block = block->nextBlock) {
		the->maximumChunksSize -= (txSize)(block->limit - block->current);
		block->limit = block->current;
	}
#else
	(void)the;
#endif
}

txMachine *hostScriptCreate(HostScript *script, txSize bytes, txSize stackCount) {
	txCreation creation = { 0 };
	txMachine *the;
	/* Small steps: what is left of the last one does not count either. */
	creation.initialChunkSize = 64 * 1024;
	creation.incrementalChunkSize = 512;
	creation.initialHeapCount = 128;
	creation.incrementalHeapCount = 64;
	creation.stackCount = mxStackIndexCount + stackCount + ownStack;
	creation.initialKeyCount = 8 * 1024;
	creation.nameModulo = 1993;
	creation.symbolModulo = 127;
	creation.parserBufferSize = 256 * 1024;
	creation.parserTableModulo = 1993;
	the = fxCreateMachine(&creation, "app script", script, XS_NO_ID);
	if (!the)
		return NULL;
	hostStartFunctions(the);
	hostBuildGlobals(the);
	hostHeapStarted(the, bytes, 0, scriptKeys);
	dropFreeChunks(the);
	hostDebuggerScript(the);
	return the;
}

void hostScriptFree(HostScript *script) {
	hostHeapFree(&script->heap);
}
