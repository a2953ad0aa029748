/*
 * A built-in function may call another for ever: `new Set` of an iterator whose `next` is a built-in function too. XS's interpreter has calls at
 * the beginning and end of each function (mxTraceCall), to static functions that print. Their definitions begin with the type of their first
 * argument, their calls with its name: that tells them apart.
 */
#define mxTraceCall 1
#define fxTraceCallBegin(MACHINE, FUNCTION) begin_##MACHINE, FUNCTION)
#define begin_txMachine printBegin(txMachine
#define begin_the beginFunction(the
#define fxTraceCallEnd(MACHINE, FUNCTION) end_##MACHINE, FUNCTION)
#define end_txMachine printEnd(txMachine
#define end_the endFunction(the

#include "metered.h"

static inline void beginFunction(txMachine *the, txSlot *function) {
	(void)function;
	meterSteps(the, 0);
}

static inline void endFunction(txMachine *the, txSlot *function) {
	(void)the;
	(void)function;
}

#include "xsRun.c"
