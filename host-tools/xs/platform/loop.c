/* The event loop: script to its end, promise jobs, then the next thing on the clock. */
#include "host.h"
#include "clock.h"

void fxQueuePromiseJobs(txMachine *the)
{
	the->promiseJobs = 1;
}

static void runJobs(txMachine *the)
{
	while (the->promiseJobs) {
		the->promiseJobs = 0;
		fxRunPromiseJobs(the);
	}
	fxEndJob(the);
	fxCheckUnhandledRejections(the, 1);
}

static void mainLoaded(txMachine *the)
{
	/* As on the device: when the main module's default export is a function, it is called. */
	mxPushSlot(mxArgv(0));
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

static void mainFailed(txMachine *the)
{
	mxException = *mxArgv(0);
	hostReportException(the, "unhandled exception");
	hostExit(the, HOST_EXIT_EXCEPTION);
}

static void import(txMachine *the)
{
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

void hostRun(txMachine *the)
{
	fxBeginHost(the);
	mxTry(the) {
		import(the);
	}
	mxCatch(the) {
		hostReportException(the, "unhandled exception");
		hostExit(the, HOST_EXIT_EXCEPTION);
	}
	fxEndHost(the);
	do {
		runJobs(the);
		fflush(stdout);
	} while (simClockStep());
}
