/* The SDK's modules module: lists modules, and imports one synchronously. */
#include "host.h"

static void list(txMachine *the, int isArchive) {
	size_t i;
	txInteger at = 0;
	fxNewArray(the, 0);
	mxPullSlot(mxResult);
	for (i = 0; i < hostProgram.moduleCount; i++) {
		if (hostProgram.modules[i].isArchive != isArchive)
			continue;
		mxPushStringC(hostProgram.modules[i].name);
		mxPushSlot(mxResult);
		fxSetIndex(the, at++);
		mxPop();
	}
}

void xs_modules_host(txMachine *the) {
	list(the, 0);
}

void xs_modules_archive(txMachine *the) {
	list(the, 1);
}

void xs_modules_importNow(txMachine *the) {
	txBoolean isWhole = hostArgc(the) > 1 && fxToBoolean(the, mxArgv(1));
	mxPushSlot(mxArgv(0));
	fxAwaitImport(the, isWhole ? XS_IMPORT_NAMESPACE : XS_IMPORT_DEFAULT);
	mxPullSlot(mxResult);
}

void xs_modules_has(txMachine *the) {
	mxPushSlot(mxArgv(0));
	fxAwaitImport(the, XS_IMPORT_DEFAULT | XS_IMPORT_PREFLIGHT);
	mxPullSlot(mxResult);
}
