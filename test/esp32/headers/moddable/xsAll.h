/* What xsAll.h of XS declares, as far as our C uses it. */
#ifndef STAND_IN_XS_ALL_H
#define STAND_IN_XS_ALL_H

/* xs.h goes by it: after this header, xsMachine and xsCreation are those of XS's own sources. */
#define __XSALL__

#include <stdint.h>

typedef uint8_t txU1;
typedef uint64_t txU8;
typedef int8_t txBoolean;
typedef int32_t txSize;
typedef struct sxSlot txSlot;
typedef struct sxMachine txMachine;
typedef struct sxCreation txCreation;

struct sxSlot {
	uint32_t words[4];
};

struct sxMachine {
	txSlot *stack;
	txSlot *stackBottom;
	txSlot *stackTop;
	txSize peakChunksSize;
	txSize peakHeapCount;
	void *context;
	int exitStatus;
	void *msgQueue;
	txSlot *cRoot;
#ifdef mxInstrument
	void (*onBreak)(txMachine *, txU1 stop);
#endif
};

struct sxCreation {
	txSize initialChunkSize;
	txSize incrementalChunkSize;
	txSize initialHeapCount;
	txSize incrementalHeapCount;
	txSize stackCount;
	txSize initialKeyCount;
	txSize incrementalKeyCount;
	txSize nameModulo;
	txSize symbolModulo;
	txSize parserBufferSize;
	txSize parserTableModulo;
	txSize staticSize;
};

enum {
	XS_NOT_ENOUGH_MEMORY_EXIT = 1,
	XS_JAVASCRIPT_STACK_OVERFLOW_EXIT,
	XS_NO_MORE_KEYS_EXIT = 6,
	XS_TOO_MUCH_COMPUTATION_EXIT,
	XS_NATIVE_STACK_OVERFLOW_EXIT = 9,
};

/* What native/script/manifest.json builds XS with. */
#define mxMetering 1
#define MODDEF_XS_ABORT_EXITTOHOST (1)
#define MODDEF_XS_ABORTHOOK (1)

void fxBeginMetering(txMachine *the, txBoolean (*callback)(txMachine *, txU8), txU8 interval);
void fxEndMetering(txMachine *the);
void fxCheckUnhandledRejections(txMachine *the, txBoolean atExit);
void fxDeleteMachine(txMachine *the);
void fxExitToHost(txMachine *the) __attribute__((noreturn));

#endif
