/* Breakpoints: at a line, if a condition holds there, the n-th time, or with a line in xsbug's log instead of a stop. */
#include "debugger.h"

typedef struct DebugBreakpoint {
	struct DebugBreakpoint *next;
	char *path;
	txID id; /* of the path, once a module from there is known */
	int line;
	DebugExpression condition, trace;
	char operator[2]; /* of the hit count; empty without one */
	int limit, hits;
} Breakpoint;

/* XS asks at every line when its list of breakpoints is not empty. */
static txSlot placeholder;

static void update(txMachine *the) {
	mxBreakpoints.value.list.first = the->debug->breakpoints ? &placeholder : NULL;
}

static void withoutParts(Breakpoint *breakpoint) {
	hostExpressionFree(&breakpoint->condition);
	hostExpressionFree(&breakpoint->trace);
	breakpoint->operator[0] = 0;
	breakpoint->hits = 0;
}

static Breakpoint *removeAt(Breakpoint **address) {
	Breakpoint *breakpoint = *address;
	*address = breakpoint->next;
	return breakpoint;
}

static Breakpoint **find(DebugSession *session, const char *path, int line) {
	Breakpoint **address = &session->breakpoints;
	while (*address && ((*address)->line != line || strcmp((*address)->path, path)))
		address = &(*address)->next;
	return address;
}

/* The one that is set gets to the front. */
void hostBreakpointSet(txMachine *the, const char *path, int line) {
	Breakpoint **address = find(the->debug, path, line), *breakpoint;
	if (*address) {
		breakpoint = removeAt(address);
		withoutParts(breakpoint);
	} else {
		breakpoint = calloc(1, sizeof(Breakpoint));
		breakpoint->path = strdup(path);
		breakpoint->line = line;
	}
	breakpoint->next = the->debug->breakpoints;
	the->debug->breakpoints = breakpoint;
	update(the);
}

void hostBreakpointCondition(txMachine *the, const char *expression) {
	if (the->debug->breakpoints)
		hostExpressionRead(the, expression, &the->debug->breakpoints->condition);
}

void hostBreakpointTrace(txMachine *the, const char *expression) {
	if (the->debug->breakpoints)
		hostExpressionRead(the, expression, &the->debug->breakpoints->trace);
}

void hostBreakpointHitCount(txMachine *the, const char *count) {
	Breakpoint *breakpoint = the->debug->breakpoints;
	char operator[3] = ">=", end;
	if (!breakpoint)
		return;
	if (sscanf(count, " %d %c", &breakpoint->limit, &end) != 1 &&
		(sscanf(count, " %2[<>=%%] %d %c", operator, & breakpoint->limit, &end) != 2 ||
			!strstr("< <= = > >= %", operator) || (operator[0] == '%' && breakpoint->limit<1))) {
		hostDebugLog(the, breakpoint->path, breakpoint->line,
			"# The hit count is not understood: =, <, <=, >, >= or %, and a number");
		return;
	}
	memcpy(breakpoint->operator, operator, 2);
}

static void forget(Breakpoint *breakpoint) {
	withoutParts(breakpoint);
	free(breakpoint->path);
	free(breakpoint);
}

void hostBreakpointClear(txMachine *the, const char *path, int line) {
	Breakpoint **address = find(the->debug, path, line);
	if (*address)
		forget(removeAt(address));
	update(the);
}

void hostBreakpointClearAll(txMachine *the) {
	while (the->debug->breakpoints)
		forget(removeAt(&the->debug->breakpoints));
	update(the);
}

void hostBreakpointsReset(txMachine *the) {
	hostBreakpointClearAll(the);
}

static int isAt(txMachine *the, Breakpoint *breakpoint, txID id, txInteger line) {
	if (breakpoint->line != line)
		return 0;
	if (breakpoint->id == XS_NO_ID && !strcmp(fxGetKeyName(the, id), breakpoint->path))
		breakpoint->id = id;
	return breakpoint->id == id;
}

static int holds(txMachine *the, const Breakpoint *breakpoint) {
	DebugResult result;
	int isTrue;
	if (!breakpoint->condition.code)
		return 1;
	result = hostExpressionEvaluate(the, the->frame, &breakpoint->condition);
	isTrue = result.isTrue;
	if (result.isException)
		hostDebugLog(the, breakpoint->path, breakpoint->line, result.text);
	free(result.text);
	return isTrue;
}

static int counts(Breakpoint *breakpoint) {
	const char *operator= breakpoint->operator;
	const int hits = ++breakpoint->hits, limit = breakpoint->limit;
	switch (operator[0]) {
	case '=':
		return hits == limit;
	case '%':
		return hits % limit == 0;
	case '<':
		return operator[1] == '=' ? hits <= limit : hits<limit;
	case '>':
		return operator[1] == '=' ? hits >= limit : hits> limit;
	default:
		return 1;
	}
}

/* Whether the program is to stop. */
static int stops(txMachine *the, Breakpoint *breakpoint) {
	DebugResult result;
	if (!holds(the, breakpoint) || !counts(breakpoint))
		return 0;
	if (!breakpoint->trace.code)
		return 1;
	result = hostExpressionEvaluate(the, the->frame, &breakpoint->trace);
	hostDebugLog(the, breakpoint->path, breakpoint->line, result.text);
	free(result.text);
	return 0;
}

/* Instead of XS's own: called at each line while there is a breakpoint, or a step to end. */
void fxDebugLine(txMachine *the, txID id, txInteger line) {
	Breakpoint *breakpoint;
	if (hostExpressionIsRunning() || !the->debug)
		return;
	breakpoint = the->debug->breakpoints;
	while (breakpoint && !isAt(the, breakpoint, id, line))
		breakpoint = breakpoint->next;
	if (breakpoint && stops(the, breakpoint))
		fxDebugLoop(the, NULL, 0, "breakpoint");
	else if (the->frame->flag & XS_STEP_OVER_FLAG)
		fxDebugLoop(the, NULL, 0, "step");
}
