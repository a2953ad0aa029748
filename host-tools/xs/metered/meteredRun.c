/*
 * A built-in function may call another for ever: `new Set` of an iterator whose `next` is a built-in function too. XS's interpreter has calls at
 * the beginning and end of each function (mxTraceCall), to static functions that print. Their definitions begin with the type of their first
 * argument, their calls with its name: that tells them apart. The clock of the program needs them too: simulated parts take no time.
 */
#define mxTraceCall 1
#define fxTraceCallBegin(MACHINE, FUNCTION) begin_##MACHINE, FUNCTION)
#define begin_txMachine printBegin(txMachine
#define begin_the beginFunction(the
#define fxTraceCallEnd(MACHINE, FUNCTION) end_##MACHINE, FUNCTION)
#define end_txMachine printEnd(txMachine
#define end_the endFunction(the

#include "metered.h"
#include "host.h"

static inline void beginFunction(txMachine *the, txSlot *function) {
	meterSteps(the, 0);
	hostFunctionBegins(the, function);
}

static inline void endFunction(txMachine *the, txSlot *function) {
	hostFunctionEnds(the, function);
}

/*
 * And each byte code has its time. XS has a way to count them (mxFrequency), `the->frequencies[byte]++`, and how often one is left for C; its
 * meter is not counted then.
 */
#include "../platform/scriptCosts.h"

#define mxFrequency 1
static txU4 uncounted[XS_CODE_COUNT];
#define frequencies meterIndex++, hostByteCodes++, hostByteCodeCycles += byteCodeCosts[byte], uncounted
#define exits meterIndex += 0, uncounted

#include "xsRun.c"
