/* xsbug's commands: XS gets those that it knows, whole and one by one; the others are carried out here. */
#include "debugger.h"

/* Each ends XS's waiting for a command, and does nothing else. */
static const char acknowledgement[] = "\r\n<set-all-breakpoints></set-all-breakpoints>\r\n";

typedef struct DebugCommand {
	struct DebugCommand *next;
	char *text;
	/* An expression that is to be evaluated when XS waits, since then its state can be read. */
	int isEvaluation, line;
	uintptr_t frame;
} Command;

static Command *append(DebugCommands *commands, char *text) {
	Command *command = calloc(1, sizeof(Command));
	command->text = text;
	*commands->last = command;
	commands->last = &command->next;
	return command;
}

static void removeFirst(DebugCommands *commands) {
	Command *command = commands->first;
	commands->first = command->next;
	if (!command->next)
		commands->last = &commands->first;
	commands->taken = 0;
	free(command->text);
	free(command);
}

void hostDebugCommandsReset(DebugCommands *commands) {
	commands->last = &commands->first;
	while (commands->first)
		removeFirst(commands);
	commands->isInBreakpoint = 0;
}

static void acknowledge(DebugCommands *commands) {
	append(commands, strdup(acknowledgement));
}

static char *format(const char *name, uintptr_t id) {
	char buffer[128];
	snprintf(buffer, sizeof(buffer), "\r\n<%s id=\"@%llX\"/>\r\n", name, (unsigned long long)id);
	return strdup(buffer);
}

static int isOne(const char *name, const char *const *names) {
	for (; *names; names++)
		if (!strcmp(name, *names))
			return 1;
	return 0;
}

static void setBreakpoint(txMachine *the, const DebugElement *element) {
	if (!element->line && !strcmp(element->path, "start"))
		the->breakOnStartFlag = 1;
	else if (!element->line && !strcmp(element->path, "exceptions"))
		the->breakOnExceptionsFlag = 1;
	else
		hostBreakpointSet(the, element->path, element->line);
}

static void clearBreakpoint(txMachine *the, const DebugElement *element) {
	if (!element->line && !strcmp(element->path, "start"))
		the->breakOnStartFlag = 0;
	else if (!element->line && !strcmp(element->path, "exceptions"))
		the->breakOnExceptionsFlag = 0;
	else
		hostBreakpointClear(the, element->path, element->line);
}

/* Of a breakpoint: its parts are elements inside of it. */
static void inBreakpoint(txMachine *the, const DebugElement *element) {
	if (!strcmp(element->name, "breakpoint-condition"))
		hostBreakpointCondition(the, element->path);
	else if (!strcmp(element->name, "breakpoint-hit-count"))
		hostBreakpointHitCount(the, element->path);
	else if (!strcmp(element->name, "breakpoint-trace"))
		hostBreakpointTrace(the, element->path);
}

void hostDebugElement(txMachine *the, const DebugElement *element) {
	static const char *const plain[] = { "abort", "go", "logout", "step", "step-inside", "step-outside", NULL };
	DebugCommands *commands = &the->debug->commands;
	const char *name = element->name;
	const int isSet = !strcmp(name, "set-breakpoint");
	if (isSet || !strcmp(name, "breakpoint")) {
		if (element->isStart)
			setBreakpoint(the, element);
		commands->isInBreakpoint = !element->isEnd;
		if (isSet && element->isEnd)
			acknowledge(commands);
	} else if (commands->isInBreakpoint) {
		if (element->isStart)
			inBreakpoint(the, element);
	} else if (!strcmp(name, "set-all-breakpoints")) {
		if (element->isEnd)
			acknowledge(commands);
	} else if (!element->isStart)
		return;
	else if (isOne(name, plain)) {
		char buffer[64];
		snprintf(buffer, sizeof(buffer), "\r\n<%s/>\r\n", name);
		append(commands, strdup(buffer));
	} else if (!strcmp(name, "clear-breakpoint")) {
		clearBreakpoint(the, element);
		acknowledge(commands);
	} else if (!strcmp(name, "clear-all-breakpoints")) {
		hostBreakpointClearAll(the);
		acknowledge(commands);
	} else if (!strcmp(name, "select") || !strcmp(name, "toggle")) {
		append(commands, format(name, element->id));
		acknowledge(commands);
	} else if (!strcmp(name, "eval")) {
		Command *command = append(commands, strdup(element->path));
		command->isEvaluation = 1;
		command->line = element->line;
		command->frame = element->id;
	}
}

int hostDebugIsPending(const DebugCommands *commands) {
	return commands->first != NULL;
}

static void evaluate(txMachine *the, const Command *command) {
	DebugExpression expression;
	DebugResult result = { .isException = 1, .text = strdup("the program is not in this function any more") };
	txSlot *frame = the->frame;
	while (frame && (uintptr_t)frame != command->frame)
		frame = frame->next;
	if (frame && hostExpressionRead(the, command->text, &expression)) {
		free(result.text);
		result = hostExpressionEvaluate(the, frame, &expression);
		hostExpressionFree(&expression);
	}
	hostDebugAnswer(the, command->line, &result);
	free(result.text);
}

size_t hostDebugTake(txMachine *the, char *to, size_t size) {
	DebugCommands *commands = &the->debug->commands;
	size_t length;
	if (!commands->first)
		return 0;
	if (commands->first->isEvaluation) {
		evaluate(the, commands->first);
		if (!commands->first) /* the connection has ended meanwhile */
			return 0;
		/* XS lists the variables again: the expression may have set one. */
		commands->first->isEvaluation = 0;
		free(commands->first->text);
		commands->first->text = format("select", commands->first->frame);
	}
	length = strlen(commands->first->text + commands->taken);
	if (length > size)
		length = size;
	memcpy(to, commands->first->text + commands->taken, length);
	commands->taken += length;
	if (!commands->first->text[commands->taken])
		removeFirst(commands);
	return length;
}
