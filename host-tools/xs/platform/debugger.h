/*
 * The program's side of xsbug's protocol. XS 13 has breakpoints at lines and steps; what a later xsbug asks for besides
 * (conditions, hit counts, traces, expressions) is done here, in front of XS's own code.
 */
#ifndef LOAM_DEBUGGER_H
#define LOAM_DEBUGGER_H

#include "host.h"

typedef struct {
	enum { DEBUG_OUTSIDE, DEBUG_TAG, DEBUG_CDATA } state;
	char *text;
	size_t length, capacity, endLength;
	char quote;
	int hasScript; /* in an element with text that is not to be read as elements */
} DebugInput;

typedef struct {
	struct DebugCommand *first, **last;
	size_t taken; /* of the first one's text */
	int isInBreakpoint;
} DebugCommands;

/* To xsbug the node's machine and the app script's are two, each with a connection and with breakpoints of its own. */
typedef struct DebugSession {
	DebugInput input;
	DebugCommands commands;
	struct DebugBreakpoint *breakpoints;
} DebugSession;

/* debugger.c: the connection */
int64_t hostDebuggerMilliseconds(void); /* of real time, from some moment on */
void hostDebuggerSend(txMachine *the, const char *bytes, size_t size);

/* debugInput.c: elements, out of bytes that may hold anything else too */
typedef struct {
	const char *name, *path;
	int line;
	uintptr_t id;
	int isStart, isEnd; /* both for an empty element */
} DebugElement;
void hostDebugInputReset(DebugInput *input);
void hostDebugInput(txMachine *the, const char *bytes, size_t size); /* calls hostDebugElement */

/* debugCommands.c: what XS itself gets to read, in whole commands */
void hostDebugElement(txMachine *the, const DebugElement *element);
int hostDebugIsPending(const DebugCommands *commands);
size_t hostDebugTake(txMachine *the, char *to, size_t size); /* the next bytes for XS, whose state is in `the` then */
void hostDebugCommandsReset(DebugCommands *commands);

/* breakpoints.c */
void hostBreakpointSet(txMachine *the, const char *path, int line);
void hostBreakpointCondition(txMachine *the, const char *expression); /* of the one that was set last */
void hostBreakpointHitCount(txMachine *the, const char *count);
void hostBreakpointTrace(txMachine *the, const char *expression);
void hostBreakpointClear(txMachine *the, const char *path, int line);
void hostBreakpointClearAll(txMachine *the);
void hostBreakpointsReset(txMachine *the); /* for another xsbug */

/* debugExpression.c */
typedef struct {
	txByte *code;
} DebugExpression;
typedef struct {
	int isException, isTrue;
	char *text; /* of the result, or of the exception; to be freed */
} DebugResult;
/* From byte code as xsbug makes it, in hexadecimal digits, or from source text. Says in xsbug's log why it cannot. */
int hostExpressionRead(txMachine *the, const char *text, DebugExpression *expression);
void hostExpressionFree(DebugExpression *expression);
DebugResult hostExpressionEvaluate(txMachine *the, txSlot *frame, const DebugExpression *expression);
int hostExpressionIsRunning(void);

/* debugOutput.c: documents */
typedef struct {
	char *bytes;
	size_t size;
	FILE *file; /* its text goes there */
} DebugDocument;
void hostDebugBegin(DebugDocument *document);
void hostDebugEnd(DebugDocument *document, txMachine *the);
void hostDebugLog(txMachine *the, const char *path, int line, const char *text);
void hostDebugLogin(txMachine *the);
void hostDebugAnswer(txMachine *the, int line, const DebugResult *result);

/* instruments.c */
void hostInstrumentsReset(void); /* for another xsbug */
void hostInstrumentsSample(txMachine *the);
void hostInstrumentsTurn(txMachine *the);

#endif
