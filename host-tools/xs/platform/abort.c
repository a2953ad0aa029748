/* Abnormal ends of a program. */
#include "host.h"

static const char *relative(const char *text) {
	size_t length = hostProgram.root ? strlen(hostProgram.root) : 0;
	if (length && !strncmp(text, hostProgram.root, length) && text[length] == '/')
		return text + length + 1;
	return text;
}

/* Prints with every path under the root made relative to it. */
static void printRelative(const char *text) {
	while (*text) {
		const char *shorter = (*text == '/') ? relative(text) : text;
		if (shorter != text) {
			text = shorter;
			continue;
		}
		fputc(*text++, stderr);
	}
	fputc('\n', stderr);
}

void hostExit(txMachine *the, int code) {
	fflush(stdout);
	hostStartAgain(code);
	if (the)
		hostMemoryReport(the);
	fflush(stderr);
	/* Not exit(): no code of the program may run any more. */
	_exit(code);
}

void hostReportException(txMachine *the, const char *title) {
	fflush(stdout);
	fxBeginHost(the);
	mxPush(mxException);
	mxException = mxUndefined;
	mxTry(the) {
		txSlot *exception = the->stack;
		fprintf(stderr, "%s: ", title);
		mxPushSlot(exception);
		if (exception->kind == XS_REFERENCE_KIND) {
			fxGetID(the, fxFindName(the, "stack"));
			if (mxIsUndefined(the->stack))
				*the->stack = *exception;
		}
		printRelative(fxToString(the, the->stack));
		mxPop();
	}
	mxCatch(the) {
		fprintf(stderr, "(the exception has no text)\n");
	}
	fxEndHost(the);
}

static const char *meaning(int status) {
	switch (status) {
	case XS_NOT_ENOUGH_MEMORY_EXIT:
		return "memory full";
	case XS_STACK_OVERFLOW_EXIT:
		return "stack overflow";
	case XS_NO_MORE_KEYS_EXIT:
		return "not enough keys";
	case XS_DEAD_STRIP_EXIT:
		return "stripped function called";
	case XS_DEBUGGER_EXIT:
		return "ended by the debugger";
	case XS_FATAL_CHECK_EXIT:
		return "fatal check";
	case XS_TOO_MUCH_COMPUTATION_EXIT:
		return "too much computation";
	default:
		return "unknown";
	}
}

static void printSizes(txMachine *the, int status) {
	if (status == XS_STACK_OVERFLOW_EXIT)
		fprintf(stderr, "  the stack has %d slots (creation.stack in the manifest)\n", hostProgram.stackCount);
	if (status == XS_NO_MORE_KEYS_EXIT)
		fprintf(stderr, "  creation.keys in the manifest gives %d more and no growth\n", hostProgram.keyInitial);
	if (status == XS_NOT_ENOUGH_MEMORY_EXIT && hostProgram.staticBytes)
		fprintf(
			stderr, "  creation.static in the manifest gives %d bytes for slots and chunks\n", hostProgram.staticBytes);
	(void)the;
}

static void printFrames(txMachine *the) {
	txSlot *frame;
	for (frame = the->frame; frame; frame = frame->next) {
		txSlot *environment = mxFrameToEnvironment(frame);
		if (environment->ID != XS_NO_ID)
			fprintf(stderr, "  at %s:%d\n", relative(fxGetKeyName(the, environment->ID)),
				(int)environment->value.environment.line);
	}
}

void fxAbort(txMachine *the, int status) {
	/* xsbug ends the whole program. */
	if (the->script && status != XS_DEBUGGER_EXIT)
		hostScriptEnd(the, status);
	fflush(stdout);
	if (status == XS_UNHANDLED_EXCEPTION_EXIT) {
		hostReportException(the, "unhandled exception");
		hostExit(the, HOST_EXIT_EXCEPTION);
	}
	if (status == XS_UNHANDLED_REJECTION_EXIT) {
		hostReportException(the, "unhandled rejection");
		hostExit(the, HOST_EXIT_EXCEPTION);
	}
	fprintf(stderr, "%s\n", meaning(status));
	printSizes(the, status);
	printFrames(the);
	hostExit(the, HOST_EXIT_RESOURCES);
}
