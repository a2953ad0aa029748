/*
 * Expressions of the debugger: conditions and traces of breakpoints, and what is typed into xsbug's console. They see the
 * variables of a function that is stopped or has reached a line.
 *
 * xsbug compiles them, and sends the byte code: its file format XS_B, in hexadecimal digits. Other programs may send source
 * text. Evaluating takes no simulated time.
 */
#include "debugger.h"

#include <ctype.h>

static int isRunning;

int hostExpressionIsRunning(void) {
	return isRunning;
}

void hostExpressionFree(DebugExpression *expression) {
	free(expression->code);
	expression->code = NULL;
}

static txU4 big4(const txU1 *at) {
	return (txU4)at[0] << 24 | (txU4)at[1] << 16 | (txU4)at[2] << 8 | at[3];
}

static txByte *copy(const void *from, size_t size) {
	txByte *to = malloc(size + 1);
	memcpy(to, from, size);
	to[size] = 0;
	return to;
}

/* NULL when it is something else. */
static txU1 *fromHexadecimal(const char *text, size_t *size) {
	const size_t length = strlen(text);
	txU1 *bytes;
	if (length < 16 || length % 2 || strncmp(text + 8, "58535F42", 8) /* XS_B */)
		return NULL;
	bytes = malloc(length / 2);
	for (*size = 0; *size < length / 2; (*size)++) {
		unsigned byte;
		if (!isxdigit((unsigned char)text[2 * *size]) || sscanf(text + 2 * *size, "%2x", &byte) != 1) {
			free(bytes);
			return NULL;
		}
		bytes[*size] = (txU1)byte;
	}
	return bytes;
}

/* The atom of that type where `*at` points, and its size without the header. */
static const txU1 *readAtom(const txU1 **at, const txU1 *end, const char *type, txU4 *size) {
	const txU1 *atom = *at;
	if (end - atom < 8 || memcmp(atom + 4, type, 4) || big4(atom) < 8 || big4(atom) > (txU4)(end - atom))
		return NULL;
	*size = big4(atom) - 8;
	*at = atom + big4(atom);
	return atom + 8;
}

static int hasSymbols(const txU1 *symbols, txU4 size, txU2 *count) {
	const txU1 *at = symbols + sizeof(*count), *end = symbols + size;
	txU2 i;
	if (size < sizeof(*count))
		return 0;
	memcpy(count, symbols, sizeof(*count));
	for (i = 1; i < *count; i++) {
		at = memchr(at, 0, (size_t)(end - at));
		if (!at++)
			return 0;
	}
	return 1;
}

/* Instructions that this XS knows, with names that there are. modules.c says what gxCodeSizes holds. */
static int hasCode(const txU1 *at, txU4 length, txU2 symbolCount) {
	const txU1 *end = at + length;
	while (at < end) {
		const txU1 code = *at;
		txS1 size;
		txU2 name, length2;
		txU4 length4;
		size_t left = (size_t)(end - at), whole;
		if (code == XS_NO_CODE || code >= XS_CODE_COUNT)
			return 0;
		size = gxCodeSizes[code];
		if (size > 0)
			whole = (size_t)size;
		else if (size == 0) {
			whole = 1 + sizeof(name);
			if (left < whole)
				return 0;
			memcpy(&name, at + 1, sizeof(name));
			if (name >= symbolCount)
				return 0;
		} else if (left < (size_t)(1 - size))
			return 0;
		else if (size == -1)
			whole = 2u + at[1];
		else if (size == -2) {
			memcpy(&length2, at + 1, sizeof(length2));
			whole = 3u + length2;
		} else {
			memcpy(&length4, at + 1, sizeof(length4));
			whole = (size_t)5 + length4;
		}
		if (left < whole)
			return 0;
		at += whole;
	}
	return length > 0;
}

static txScript *readByteCode(const txU1 *bytes, size_t size) {
	const txU1 *at = bytes, *end = bytes + size, *symbols, *code;
	txU4 total, versionSize, symbolsSize, codeSize;
	txU2 symbolCount;
	txScript *script;
	if (!(at = readAtom(&at, end, "XS_B", &total)) || !readAtom(&at, end, "VERS", &versionSize) ||
		!(symbols = readAtom(&at, end, "SYMB", &symbolsSize)) || !(code = readAtom(&at, end, "CODE", &codeSize)))
		return NULL;
	if (!hasSymbols(symbols, symbolsSize, &symbolCount) || !hasCode(code, codeSize, symbolCount))
		return NULL;
	script = calloc(1, sizeof(txScript));
	script->symbolsBuffer = copy(symbols, symbolsSize);
	script->symbolsSize = (txSize)symbolsSize;
	script->codeBuffer = copy(code, codeSize);
	script->codeSize = (txSize)codeSize;
	return script;
}

/* A syntax error is in xsbug's log then, and the script throws it. */
static txScript *compile(txMachine *the, const char *text) {
	txParser parserRecord, *parser = &parserRecord;
	txParserJump jump;
	txStringCStream stream = { .buffer = (txString)text, .offset = 0, .size = (txSize)strlen(text) };
	txScript *script = NULL;
	fxInitializeParser(parser, the, the->parserBufferSize, the->parserTableModulo);
	parser->firstJump = &jump;
	if (c_setjmp(jump.jmp_buf) == 0) {
		fxParserTree(parser, &stream, fxStringCGetter, mxProgramFlag | mxEvalFlag | mxStrictFlag, NULL);
		fxParserHoist(parser);
		fxParserBind(parser);
		script = fxParserCode(parser);
	}
	fxTerminateParser(parser);
	return script;
}

int hostExpressionRead(txMachine *the, const char *text, DebugExpression *expression) {
	size_t size;
	txU1 *bytes = fromHexadecimal(text, &size);
	txScript *script = bytes ? readByteCode(bytes, size) : compile(the, text);
	expression->code = NULL;
	if (bytes && !script)
		hostDebugLog(the, NULL, 0,
			"# An expression's byte code is not that of XS 13 to 17: the breakpoint has none. docs/debugging.md");
	free(bytes);
	if (!script)
		return 0;
	hostPrepareScript(the, script);
	expression->code = script->codeBuffer;
	free(script);
	return 1;
}

/* The function's variables, as an environment: left on the stack. */
static txSlot *environmentOf(txMachine *the, txSlot *scope, txSlot *end) {
	txSlot *environment, *property;
	mxPushUndefined();
	environment = fxNewEnvironmentInstance(the, NULL);
	property = environment->next;
	for (; scope && scope < end; scope++)
		if (scope->ID != XS_NO_ID && scope->ID < the->keyCount)
			property = fxNextSlotProperty(the, property, scope, scope->ID, scope->flag);
	return environment;
}

/* What the expression has set. */
static void writeBack(txMachine *the, const txSlot *environment, txSlot *scope, txSlot *end) {
	const txSlot *property = environment->next->next;
	for (; scope && scope < end && property; scope++) {
		if (scope->ID == XS_NO_ID || scope->ID >= the->keyCount)
			continue;
		if (property->kind != XS_CLOSURE_KIND) {
			scope->kind = property->kind;
			scope->value = property->value;
		}
		property = property->next;
	}
}

static txSlot *scopeOf(txMachine *the, txSlot *frame) {
	txSlot *inner = the->frame;
	if (frame->flag & XS_C_FLAG)
		return NULL;
	if (frame == inner)
		return the->scope;
	while (inner->next != frame)
		inner = inner->next;
	return inner->value.frame.scope;
}

/* Its result is on the stack afterwards. */
static void run(txMachine *the, txSlot *frame, txSlot *environment, txByte *code) {
	const txSlot *function = frame + 3, *home = NULL;
	txSlot *instance, *property;
	if (function->kind == XS_REFERENCE_KIND && mxIsFunction(function->value.reference))
		home = mxFunctionInstanceHome(function->value.reference);
	/* this, function, target, result, frame, count: as XS runs a script */
	mxPushSlot(frame + 4);
	the->stack->ID = XS_NO_ID;
	mxPush(mxFunctionPrototype);
	instance = fxNewFunctionInstance(the, XS_NO_ID);
	property = mxFunctionInstanceCode(instance);
	property->kind = XS_CODE_X_KIND;
	property->value.code.address = code;
	property->value.code.closures = environment;
	property = mxFunctionInstanceHome(instance);
	property->value.home.object = home ? home->value.home.object : NULL;
	property->value.home.module = home ? home->value.home.module : NULL;
	if (!property->value.home.module)
		property->value.home.module = mxProgram.value.reference;
	mxPushSlot(frame + 2);
	mxPushUndefined();
	mxPushUninitialized();
	mxPushUninitialized();
	mxRunCount(0);
}

/* The top of the stack as a text; objects as JSON where they have one. */
static char *describe(txMachine *the) {
	txSlot *value = the->stack;
	char *text = NULL;
	if (value->kind == XS_REFERENCE_KIND && !mxIsCallable(value->value.reference)) {
		mxTry(the) {
			mxPush(mxGlobal);
			fxGetID(the, fxFindName(the, "JSON"));
			mxDub();
			fxGetID(the, fxFindName(the, "stringify"));
			mxCall();
			mxPushSlot(value);
			mxRunCount(1);
			if (the->stack->kind == XS_STRING_KIND || the->stack->kind == XS_STRING_X_KIND)
				text = strdup(the->stack->value.string);
			mxPop();
		}
		mxCatch(the) {
		}
	}
	return text ? text : strdup(fxToString(the, the->stack));
}

/* Reading it may throw, too: a program that is debugged must not get that. */
static char *describeException(txMachine *the) {
	char *text = NULL;
	mxPush(mxException);
	mxException = mxUndefined;
	mxTry(the) {
		const char *own = fxToString(the, the->stack);
		text = malloc(strlen(own) + 3);
		sprintf(text, "# %s", own);
	}
	mxCatch(the) {
		mxException = mxUndefined;
	}
	return text ? text : strdup("# (the exception has no text)");
}

static void evaluate(txMachine *the, txSlot *frame, const DebugExpression *expression, DebugResult *result) {
	txSlot *scope = scopeOf(the, frame), *end = mxFrameToEnvironment(frame);
	fxBeginHost(the);
	mxTry(the) {
		txSlot *environment = environmentOf(the, scope, end);
		run(the, frame, environment, expression->code);
		writeBack(the, environment, scope, end);
		mxDub();
		result->isTrue = fxToBoolean(the, the->stack);
		mxPop();
		result->text = describe(the);
	}
	mxCatch(the) {
		result->isException = 1;
		result->isTrue = 0;
		result->text = describeException(the);
	}
	fxEndHost(the);
}

DebugResult hostExpressionEvaluate(txMachine *the, txSlot *frame, const DebugExpression *expression) {
	DebugResult result = { 0 };
	const txFlag breaksOnStart = the->breakOnStartFlag;
	isRunning = 1;
	the->breakOnStartFlag = 0;
	hostScriptTimePause(the);
	evaluate(the, frame, expression, &result);
	hostScriptTimeResume(the);
	the->breakOnStartFlag = breaksOnStart;
	isRunning = 0;
	return result;
}

void xsDebugThrow(txMachine *the, txString path, txInteger line, txString message);

/* Instead of XS's own: the exceptions of expressions are not the program's. */
void fxDebugThrow(txMachine *the, txString path, txInteger line, txString message) {
	if (isRunning)
		return;
	if (the->breakOnExceptionsFlag)
		hostInstrumentsSample(the);
	xsDebugThrow(the, path, line, message);
}
