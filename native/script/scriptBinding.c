#include "xs.h"
#include "mc.xs.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "arguments.h"
#include "scriptHal.h"

static const char what[] = "script machine";

/* Bytes of a text that the script's machine hands over: it must not fill the node's memory. */
enum { longestText = 1024 };

/* Microseconds of a call. */
enum { mostAnswering = 5000000 };

typedef struct {
	void *unused; /* the SDK's memory of a machine clears the first word that the machine's context points to */
	xsMachine *node, *machine;
	xsSlot ask;    /* the node's function */
	xsSlot module; /* the script machine's function */
	const char *name, *text;
	const char *answer; /* of the module, in the script machine's memory */
	char *reply;        /* of the node, until the next one: XS may end the machine while it copies it */
	uint64_t end;       /* of the call */
	uint64_t allowance; /* of the call: time of the node that is not counted as the script's */
	ScriptOutcome outcome;
	bool isCalled;
} Script;

static uint32_t closeScript(Script *script) {
	const uint32_t lost = script->machine ? scriptHalClose(script->machine) : 0;
	/* One that was never remembered is not in XS's list, and stays so. */
	fxForget(script->node, &script->ask);
	free(script->reply);
	free(script);
	return lost;
}

void xs_script_destructor(void *data) {
	if (data)
		closeScript(data);
}

static Script *scriptOf(xsMachine *the) {
	return openHostDataOf(the, &xsThis, xs_script_destructor, what);
}

/*
 * Runs `body` in the script's machine. An exception that it does not catch, also one of a finalizer or of a promise, and the end of the machine
 * come back here: xsEndHost would end the program.
 */
static bool run(Script *script, void (*body)(xsMachine *, Script *)) {
	xsMachine *const machine = script->machine;
	xsJump jump;
	volatile bool isDone = false;
	memset(&jump, 0, sizeof(jump));
	jump.nextJump = machine->firstJump;
	jump.stack = machine->stack;
	jump.scope = machine->scope;
	jump.frame = machine->frame;
	jump.code = machine->code;
	machine->firstJump = &jump;
	if (setjmp(jump.buffer) == 0) {
		xsMachine *the = fxBeginHost(machine);
		body(the, script);
		fxEndHost(the);
		isDone = true;
	}
	machine->stack = jump.stack;
	machine->scope = jump.scope;
	machine->frame = jump.frame;
	machine->code = jump.code;
	machine->firstJump = jump.nextJump;
	return isDone;
}

static void importModule(xsMachine *the, Script *script) {
	xsResult = xsAwaitImport(script->name, XS_IMPORT_DEFAULT);
	script->module = xsResult;
	xsRemember(script->module);
}

/* bytes, stack, module, ask */
void xs_script_open(xsMachine *the) {
	const int32_t bytes = argumentInteger(the, 0, "script machine: bytes", 1024, 1 << 20);
	const int32_t stack = argumentInteger(the, 1, "script machine: stack", 32, 1 << 14);
	Script *script;
	const char *name = xsToString(xsArg(2));
	checkUnconstructed(the, xs_script_destructor, what);
	script = calloc(1, sizeof(Script));
	if (!script)
		xsUnknownError("script machine: no memory");
	script->node = the;
	script->name = name;
	script->machine = scriptHalOpen((uint32_t)bytes, (uint32_t)stack, script);
	/* Its memory is not to wait for a garbage collection. */
	if (!script->machine || !run(script, importModule)) {
		const bool isOpen = script->machine != NULL;
		closeScript(script);
		if (isOpen)
			xsUnknownError("script machine: the module %s cannot be loaded", name);
		xsUnknownError("script machine: no memory for %ld bytes and %ld slots of stack", (long)bytes, (long)stack);
	}
	script->ask = xsArg(3);
	xsRemember(script->ask);
	xsSetHostData(xsThis, script);
}

static bool mayGoOn(void *context) {
	Script *script = context;
	if (scriptHalNow() < script->end)
		return true;
	script->outcome = SCRIPT_TIME;
	return false;
}

static void callModule(xsMachine *the, Script *script) {
	xsResult = xsCallFunction1(script->module, xsUndefined, xsString(script->text));
	while (scriptHalRunJobs(the)) {
		if (!mayGoOn(script))
			scriptHalStop(the);
	}
	script->answer = xsToString(xsResult);
	if (strlen(script->answer) > longestText)
		script->answer = "";
}

/* text, ms -> "0": the outcome, and the answer */
void xs_script_call(xsMachine *the) {
	const int32_t milliseconds = argumentInteger(the, 1, "script machine: ms", 1, 3600000);
	Script *script;
	char *result;
	bool isDone;
	/* XS copies a text by way of memory that moves: it must be one already. */
	if (xsTypeOf(xsArg(0)) != xsStringType && xsTypeOf(xsArg(0)) != xsStringXType)
		xsTypeError("script machine: text expected");
	script = scriptOf(the);
	if (script->isCalled || script->outcome != SCRIPT_OK || !script->machine)
		xsUnknownError("script machine: %s", script->isCalled ? "being called" : "stopped");
	script->text = xsToString(xsArg(0));
	script->answer = "";
	script->isCalled = true;
	script->end = scriptHalNow() + (uint64_t)milliseconds * 1000;
	script->allowance = mostAnswering;
	scriptHalMeter(script->machine, mayGoOn);
	isDone = run(script, callModule);
	scriptHalMeter(script->machine, NULL);
	script->isCalled = false;
	if (!isDone && script->outcome == SCRIPT_OK) {
		script->outcome = scriptHalEnd(script->machine);
		if (script->outcome == SCRIPT_OK)
			script->outcome = SCRIPT_EXCEPTION;
	}
	xsResult = xsStringBuffer(NULL, (xsIntegerValue)(1 + (isDone ? strlen(script->answer) : 0)));
	result = xsToString(xsResult);
	result[0] = (char)('0' + script->outcome);
	strcpy(result + 1, isDone ? script->answer : "");
}

/* The node's answer to what the script's machine asks; NULL when there is none. */
static char *answerOf(xsMachine *the, xsSlot *ask, const char *question) {
	char *volatile answer = NULL;
	/* The node's machine has room for this on its stack: it is calling. */
	fxBeginHost(the);
	xsTry {
		xsResult = xsCallFunction1(*ask, xsUndefined, xsString(question));
		answer = strdup(xsToString(xsResult));
	}
	xsCatch {
	}
	fxEndHost(the);
	return answer;
}

/* The time that the node takes for an answer, such as to write flash, is not the script's; but the node must not be kept from its sensors by it for long. */
static void excuse(Script *script, uint64_t asked) {
	const uint64_t taken = scriptHalNow() - asked, excused = taken < script->allowance ? taken : script->allowance;
	script->end += excused;
	script->allowance -= excused;
}

/* In the script's machine: text -> text. */
void xs_script_ask(xsMachine *the) {
	Script *script = xsGetContext(the);
	const char *question = xsToString(xsArg(0));
	const uint64_t asked = scriptHalNow();
	if (!script || script->machine != the || !script->isCalled)
		xsUnknownError("script machine: not being called");
	if (strlen(question) > longestText)
		xsRangeError("a question of %lu bytes, at most %d are passed on", (unsigned long)strlen(question), longestText);
	free(script->reply);
	script->reply = NULL;
	script->reply = answerOf(script->node, &script->ask, question);
	excuse(script, asked);
	if (!script->reply)
		xsUnknownError("script machine: the node does not answer");
	if (script->reply[0] == '#') {
		script->outcome = SCRIPT_QUOTA;
		scriptHalStop(the);
	}
	xsResult = xsString(script->reply);
}

/* -> bytes that are lost until the node starts again */
void xs_script_close(xsMachine *the) {
	Script *script = hostDataOf(the, &xsThis, xs_script_destructor, what);
	if (script && script->isCalled)
		xsUnknownError("script machine: being called");
	xsResult = xsInteger(0);
	if (script) {
		xsSetHostData(xsThis, NULL);
		xsResult = xsInteger((xsIntegerValue)closeScript(script));
	}
}

static void restart(xsMachine *the) {
	(void)the;
	scriptHalRestart();
}

/* The SDK calls a global function of this name before it ends a machine. */
void xs_script_protect(xsMachine *the) {
	xsDefine(xsGlobal, xsID("abort"), xsNewHostFunction(restart, 1), xsDontEnum);
}
