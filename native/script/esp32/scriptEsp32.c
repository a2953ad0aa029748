/*
 * scriptHal.h on the SDK's port to the ESP32. The machine is a clone of the firmware's preparation, as a Worker's: modules and built-in objects
 * are in flash for both. manifest.json has XS built with metering and, in xsPlatform.c, with an fxAbort that jumps out of the machine
 * (MODDEF_XS_ABORT_EXITTOHOST) where it otherwise starts the chip again. The node's machine has to start it again by itself then: fxAbort calls
 * the global function `abort` before (MODDEF_XS_ABORTHOOK), or does so when it has jumped to where it is called once more.
 */
#include "xsAll.h"
/* After xsAll.h it names the machine for the two headers that follow, and nothing else of it is used. */
#include "xs.h"
#include "xsHost.h"
#include "xsHosts.h"

#include "freertos/FreeRTOS.h"
#include "freertos/queue.h"
#include "esp_heap_caps.h"
#include "esp_system.h"
#include "esp_timer.h"

#include "scriptHal.h"

#if !defined(mxMetering) || !MODDEF_XS_ABORT_EXITTOHOST || !MODDEF_XS_ABORTHOOK
	#error \
		"script: XS needs mxMetering, MODDEF_XS_ABORT_EXITTOHOST and MODDEF_XS_ABORTHOOK (native/script/manifest.json)"
#endif

/* Steps of the meter between two questions; slots that XS itself needs on a stack; bytes of the heads of blocks; names that a script may add. */
enum { stepsPerCheck = 1000, ownStack = 32, headBytes = 128, names = 256 };

/* Of the code that mcconfig generates: what the firmware's machine is made with. xsHosts.c declares it likewise. */
extern void *xsPreparationAndCreation(xsCreation **creation);

static ScriptCheck check;
static uint32_t freeBefore;
/* Microseconds in the debugger, which are not the script's. */
static uint64_t stopped;

#ifdef mxInstrument
/* XS calls this when the debugger stops the machine, and when it goes on: in debug builds, which have instruments. */
static void onBreak(txMachine *the, txU1 stop) {
	static uint64_t stoppedAt;
	(void)the;
	if (stop)
		stoppedAt = (uint64_t)esp_timer_get_time();
	else
		stopped += (uint64_t)esp_timer_get_time() - stoppedAt;
}
#endif

void scriptHalRestart(void) {
	esp_restart();
}

void *scriptHalOpen(uint32_t bytes, uint32_t stack, void *context) {
	txCreation *node, creation;
	txMachine *the;
	/* A clone copies the tables of names and symbols from flash: they must be as long as those. */
	xsPreparationAndCreation(&node);
	creation = *node;
	freeBefore = heap_caps_get_free_size(MALLOC_CAP_8BIT);
	/* As much as most scripts need: memory that grows in small steps is collected at each. The rest goes to what needs it. */
	creation.initialChunkSize = (txSize)bytes / 6 & ~7;
	creation.incrementalChunkSize = 512;
	creation.initialHeapCount = (txSize)bytes / 96;
	creation.incrementalHeapCount = 64;
	creation.stackCount = (txSize)stack + ownStack;
	creation.initialKeyCount = names;
	creation.incrementalKeyCount = 0;
	creation.parserBufferSize = SCRIPT_LONGEST_WORD;
	creation.parserTableModulo = SCRIPT_NAME_TABLE;
	creation.staticSize = (txSize)bytes + creation.stackCount * (txSize)sizeof(txSlot) + headBytes;
	the = modCloneMachine(&creation, "app script");
	if (the) {
		the->context = context;
		the->exitStatus = -1;
#ifdef mxInstrument
		the->onBreak = onBreak;
#endif
	}
	return the;
}

uint32_t scriptHalClose(void *machine) {
	txMachine *the = machine;
	uint32_t left;
	/* Nothing of it runs any more. */
	the->cRoot = NULL;
	fxDeleteMachine(the);
	left = heap_caps_get_free_size(MALLOC_CAP_8BIT);
	return left < freeBefore ? freeBefore - left : 0;
}

static txBoolean checkMeter(txMachine *the, txU8 steps) {
	(void)steps;
	return check(the->context);
}

void scriptHalMeter(void *machine, ScriptCheck each) {
	check = each;
	if (each)
		fxBeginMetering(machine, checkMeter, stepsPerCheck);
	else
		fxEndMetering(machine);
}

bool scriptHalRunJobs(void *machine) {
	txMachine *the = machine;
	if (uxQueueMessagesWaiting(the->msgQueue) == 0) {
		fxCheckUnhandledRejections(the, 1);
		return false;
	}
	modMessageService(the, 0);
	return true;
}

void scriptHalStop(void *machine) {
	fxExitToHost(machine);
}

ScriptOutcome scriptHalEnd(void *machine) {
	switch (((txMachine *)machine)->exitStatus) {
	case -1:
		return SCRIPT_OK;
	case XS_TOO_MUCH_COMPUTATION_EXIT:
		return SCRIPT_TIME;
	case XS_NOT_ENOUGH_MEMORY_EXIT:
	case XS_NO_MORE_KEYS_EXIT:
		return SCRIPT_MEMORY;
	case XS_JAVASCRIPT_STACK_OVERFLOW_EXIT:
	case XS_NATIVE_STACK_OVERFLOW_EXIT:
		return SCRIPT_STACK;
	default:
		return SCRIPT_EXCEPTION;
	}
}

uint64_t scriptHalNow(void) {
	return (uint64_t)esp_timer_get_time() - stopped;
}
