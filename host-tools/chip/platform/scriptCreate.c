/* A script machine of the emulated chip: a clone of the machine in flash, as the node's own, in a block of the heap. */
#include "chip.h"
#include "../../../native/script/scriptHal.h"

/* As esp32/scriptEsp32.c. */
enum { ownStack = 32, headBytes = 128, names = 256 };

txMachine *hostScriptCreate(HostScript *script, txSize bytes, txSize stackCount) {
	txCreation creation = { 0 };
	txMachine *the;
	creation.initialChunkSize = (txSize)bytes / 6 & ~7;
	creation.incrementalChunkSize = 512;
	creation.initialHeapCount = (txSize)bytes / 96;
	creation.incrementalHeapCount = 64;
	creation.stackCount = stackCount + ownStack;
	creation.initialKeyCount = names;
	creation.nameModulo = chipImage->machine->nameModulo;
	creation.symbolModulo = chipImage->machine->symbolModulo;
	creation.parserBufferSize = SCRIPT_LONGEST_WORD;
	creation.parserTableModulo = SCRIPT_NAME_TABLE;
	if (!chipHeapOpen(&script->heap, bytes + creation.stackCount * (txSize)sizeof(txSlot) + headBytes))
		return NULL;
	the = fxCloneMachine(&creation, chipImage->machine, "app script", script);
	if (the)
		hostStartFunctions(the);
	else
		hostScriptFree(script);
	return the;
}

void hostScriptFree(HostScript *script) {
	free(script->heap.chunkBase);
}
