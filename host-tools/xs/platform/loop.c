/* The event loop: script to its end, promise jobs, then the next event of the clock. */
#include "host.h"
#include "clock.h"
#include "simWatchdog.h"

void fxQueuePromiseJobs(txMachine *the) {
	the->promiseJobs = 1;
}

static void runJobs(txMachine *the) {
	while (the->promiseJobs) {
		the->promiseJobs = 0;
		fxRunPromiseJobs(the);
	}
	fxEndJob(the);
	fxCheckUnhandledRejections(the, 1);
}

/* As on the device: when the main module's default export is a function, it is called. */
static void callDefault(txMachine *the, txSlot *namespace) {
	mxPushSlot(namespace);
	fxGetID(the, mxID(_default));
	if (the->stack->kind == XS_REFERENCE_KIND && mxIsCallable(the->stack->value.reference)) {
		txSlot *function = the->stack;
		mxPushUndefined();
		mxPushSlot(function);
		mxCall();
		mxRunCount(0);
		mxPop();
	}
	mxPop();
}

static void mainLoaded(txMachine *the) {
	callDefault(the, mxArgv(0));
}

static void mainFailed(txMachine *the) {
	mxException = *mxArgv(0);
	hostReportException(the, "unhandled exception");
	hostExit(the, HOST_EXIT_EXCEPTION);
}

/* Imports a module synchronously as the device does, so top-level await is an error. */
static void importNow(txMachine *the, const char *name) {
	mxPushStringC((txString)name);
	fxAwaitImport(the, XS_IMPORT_NAMESPACE);
	callDefault(the, the->stack);
	mxPop();
}

static void importLater(txMachine *the) {
	txSlot *realm = mxModuleInstanceInternal(mxProgram.value.reference)->value.module.realm;
	mxPushStringC(hostProgram.main);
	fxRunImport(the, realm, XS_NO_ID);
	mxDub();
	fxGetID(the, mxID(_then));
	mxCall();
	fxNewHostFunction(the, mainLoaded, 1, XS_NO_ID, XS_NO_ID);
	fxNewHostFunction(the, mainFailed, 1, XS_NO_ID, XS_NO_ID);
	mxRunCount(2);
	mxPop();
}

void hostPreload(txMachine *the) {
	size_t i;
	fxBeginHost(the);
	mxTry(the) {
		for (i = 0; i < hostProgram.preloadCount; i++) {
			mxPushStringC(hostProgram.preloads[i]);
			fxAwaitImport(the, XS_IMPORT_NAMESPACE);
			mxPop();
		}
	}
	mxCatch(the) {
		hostReportException(the, "unhandled exception while preloading");
		hostExit(the, HOST_EXIT_EXCEPTION);
	}
	fxEndHost(the);
}

static void runTurn(txMachine *the) {
	runJobs(the);
	hostMemoryCheck(the);
	hostCheckEnd(the);
	hostDebuggerTurn(the);
	fflush(stdout);
}

void hostRun(txMachine *the) {
	SimEvent call;
	void *context;
	simWatchdogTurn();
	hostDebuggerStart(the);
	fxBeginHost(the);
	mxTry(the) {
		size_t i;
		for (i = 0; i < hostProgram.moduleCount; i++) {
			if (!strncmp(hostProgram.modules[i].name, "setup/", 6))
				importNow(the, hostProgram.modules[i].name);
		}
		if (hostProgram.isAsync)
			importLater(the);
		else
			importNow(the, hostProgram.main);
	}
	mxCatch(the) {
		hostReportException(the, "unhandled exception");
		hostExit(the, HOST_EXIT_EXCEPTION);
	}
	fxEndHost(the);
	runTurn(the);
	while (simClockTake(&call, &context)) {
		simWatchdogTurn();
		hostScriptTimeTurn();
		call(context);
		runTurn(the);
	}
}
