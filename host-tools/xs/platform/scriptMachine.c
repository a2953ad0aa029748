/* scriptHal.h in simulation: a machine beside the node's. What it does takes time on the same clock. */
#include "host.h"
#include "clock.h"
#include "../../../native/script/scriptHal.h"

/* XS checks its meter at loops, at calls, and within regular expressions. */
enum { stepsPerCheck = 1000 };

/* Puts on the clock what has run since the last time. */
static void count(txMachine *the) {
	hostStepsTaken(the, hostStepsOf(the));
}

static txBoolean checkMeter(txMachine *the, txU4 steps) {
	HostScript *script = the->script;
	(void)steps;
	count(the);
	hostTimePasses();
	return !script->check || script->check(script->context);
}

void *scriptHalOpen(uint32_t bytes, uint32_t stack, void *context) {
	HostScript *script = calloc(1, sizeof(HostScript));
	txMachine *the = script ? hostScriptCreate(script, (txSize)bytes, (txSize)stack) : NULL;
	if (!the) {
		free(script);
		return NULL;
	}
	script->context = context;
	the->context = context;
	script->end = 0;
	return the;
}

/* The node's memory is not the machine's here. */
uint32_t scriptHalClose(void *machine) {
	txMachine *the = machine;
	HostScript *script = the->script;
	free(the->functions);
	/* Nothing of it runs any more. */
	the->cRoot = NULL;
	fxDeleteMachine(the);
	hostScriptFree(script);
	free(script);
	return 0;
}

/* Here XS calls nothing before it ends the node. */
void scriptHalRestart(void) {
	hostExit(NULL, HOST_EXIT_RESOURCES);
}

void scriptHalMeter(void *machine, ScriptCheck check) {
	txMachine *the = machine;
	if (!check) {
		count(the);
		fxEndMetering(the);
		the->script->check = NULL;
		return;
	}
	hostDebuggerScript(the);
	the->script->check = check;
	the->script->countedSteps = 0;
	fxBeginMetering(the, checkMeter, stepsPerCheck);
}

bool scriptHalRunJobs(void *machine) {
	txMachine *the = machine;
	count(the);
	if (!the->promiseJobs) {
		fxCheckUnhandledRejections(the, 1);
		return false;
	}
	the->promiseJobs = 0;
	fxRunPromiseJobs(the);
	return true;
}

/* In place of XS's own: the language of app scripts has no BigInt, and on the chip the SDK's linker leaves a function that throws this. */
void hostBigIntDecode(txMachine *the, txSize size) {
	if (the->script)
		mxUnknownError("dead strip");
	fxBigIntDecode(the, size);
}

void hostScriptEnd(txMachine *the, int status) {
	/* XS has an exit status of 0 too. */
	the->script->end = status + 1;
	fxExitToHost(the);
}

void scriptHalStop(void *machine) {
	fxExitToHost(machine);
}

ScriptOutcome scriptHalEnd(void *machine) {
	switch (((txMachine *)machine)->script->end - 1) {
	case -1:
		return SCRIPT_OK;
	case XS_TOO_MUCH_COMPUTATION_EXIT:
		return SCRIPT_TIME;
	case XS_NOT_ENOUGH_MEMORY_EXIT:
	case XS_NO_MORE_KEYS_EXIT:
		return SCRIPT_MEMORY;
	case XS_STACK_OVERFLOW_EXIT:
		return SCRIPT_STACK;
	default:
		return SCRIPT_EXCEPTION;
	}
}

uint64_t scriptHalNow(void) {
	return simClockNow();
}
