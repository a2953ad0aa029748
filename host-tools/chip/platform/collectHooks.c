/* XS's memory, with a call of the world at the beginning and end of each garbage collection; see runHooks.c. */
#define fxCollect(MACHINE, FLAG) collect_##MACHINE, FLAG)
#define collect_txMachine collectGarbage(txMachine
#define collect_the collectCounted(the

#include "world.h"
#include "xsAll.h"

static void collectCounted(txMachine *the, txFlag flag) {
	worldCollect(the, 1);
	collectGarbage(the, flag);
	worldCollect(the, 0);
}

#include "xsMemory.c"

#undef fxCollect
void fxCollect(txMachine *the, txFlag flag) {
	collectCounted(the, flag);
}
