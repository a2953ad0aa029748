#include "host.h"

void xs_host_args(txMachine *the) {
	txInteger i;
	fxNewArray(the, 0);
	mxPullSlot(mxResult);
	for (i = 0; i < hostProgram.argumentCount; i++) {
		mxPushStringC(hostProgram.arguments[i]);
		mxPushSlot(mxResult);
		fxSetIndex(the, i);
		mxPop();
	}
}

void xs_host_exit(txMachine *the) {
	hostExit(the, fxToInteger(the, mxArgv(0)));
}

void xs_host_stress(txMachine *the) {
#if mxStress
	extern int gxStress;
	gxStress = fxToBoolean(the, mxArgv(0)) ? 1 : 0;
#else
	mxUnknownError("host: this program was not built for stress (BuildOptions.stress)");
#endif
}

void xs_host_transfer(txMachine *the) {
	fx_ArrayBuffer_prototype_transfer(the);
}

void xs_host_resize(txMachine *the) {
	fx_ArrayBuffer_prototype_resize(the);
}
