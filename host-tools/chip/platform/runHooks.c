/*
 * XS's interpreter, with a call of the world at the beginning and end of each function. It has such calls (mxTraceCall), to static functions
 * that print. Their definitions begin with the type of their first argument, their calls with its name: that tells them apart.
 */
#define mxTraceCall 1
#define fxTraceCallBegin(MACHINE, FUNCTION) begin_##MACHINE, FUNCTION)
#define begin_txMachine printBegin(txMachine
#define begin_the beginFunction(the
#define fxTraceCallEnd(MACHINE, FUNCTION) end_##MACHINE, FUNCTION)
#define end_txMachine printEnd(txMachine
#define end_the worldLeaveFunction(the

#include "world.h"
#include "../../xs/metered/metered.h"

static inline void beginFunction(txMachine *the, txSlot *function) {
	meterSteps(the, 0);
	worldEnterFunction(the, function);
}

#if LOAM_BYTE_CODES
	/*
	 * And at each byte code, by what XS has to count them: `the->frequencies[byte]++`, and how often one is left for C. Its meter is not counted
	 * then.
	 */
	#define mxFrequency 1
static txU4 uncounted[XS_CODE_COUNT];
	#define frequencies meterIndex += worldByteCode(the, byte), uncounted
	#define exits meterIndex += 0, uncounted
#endif

#include "xsRun.c"
