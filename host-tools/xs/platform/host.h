/* Shared declarations of the host program. */
#ifndef LOAM_HOST_H
#define LOAM_HOST_H

#include "xsAll.h"
#include "xsScript.h"

/* Exit codes. Details are on stderr. */
enum {
	HOST_EXIT_OK = 0,
	HOST_EXIT_EXCEPTION = 1, /* an unhandled exception or rejection */
	HOST_EXIT_USAGE = 64,
	HOST_EXIT_RESOURCES = 70, /* memory, stack or keys are exhausted */
	HOST_EXIT_REQUESTED = 143 /* by SIGTERM */
};

typedef struct {
	char *name;
	char *path;
	int isArchive;   /* belongs to the mod (the app script), not to the firmware */
	int isSimulated; /* stands for hardware, or drives what does: takes no time */
} HostFile;

typedef struct {
	char *name;  /* shown by xsbug */
	char *root;  /* paths in messages are relative to it */
	char *main;  /* the module that starts */
	int isAsync; /* the main module may await at its top level */
	HostFile *modules, *resources;
	HostFile *positions; /* of an app script's text, which `name` is the file of; NULL without a debugger */
	char **preloads;     /* modules that run before the chip's memory is counted, as they do in the SDK's linker */
	size_t moduleCount, resourceCount, preloadCount;
	/* creation, in the units of mcconfig; 0 in `staticBytes` means no limit */
	int staticBytes, chunkInitial, chunkIncremental, slotInitial, slotIncremental, stackCount, keyInitial,
		keyIncremental;
	/* options of this run */
	int argumentCount;
	char **arguments;
} HostProgram;

extern HostProgram hostProgram;
void hostReadProgram(const char *path);
void hostReadOptions(int argc, char **argv);
const HostFile *hostFind(const HostFile *files, size_t count, const char *name);

/* memory.c: a machine's heap, in the chip's bytes. */
typedef struct {
	int isWatching; /* the base is known, and the limit holds */
	txSize limit, stackBytes;
	txSize baseSlots, baseChunkBytes; /* what is in flash on the chip */
	txSize peakTotal, peakChunkBytes;
	txByte *chunkBase, *chunkEnd;
	txByte *from, *to; /* the emulated chip's block: what is free of it */
} HostHeap;
/* Call when the machine contains only what is in flash on the chip. */
void hostHeapStarted(txMachine *the, txSize limit, txSize stackBytes, txSize keys);
void hostHeapFree(HostHeap *heap);

typedef struct {
	txSize slots, slotBytes, chunkBytes; /* in use, counted as the chip would */
	txSize slotsHeld;                    /* used, or set aside from the start: no chunk may have their memory */
	txSize total;                        /* with the stack: what creation.static must hold */
} HostMemory;
void hostMemoryStarted(txMachine *the); /* call when the machine contains only what is in flash on the chip */
void hostMemoryCredit(txMachine *the, txSize slots, txSize chunkBytes); /* heap that is in flash on the chip */
void hostMemoryCheck(txMachine *the);    /* ends the program when the chip's memory would be full */
int hostMemoryIsWatched(void);           /* the program has started */
int hostMemoryStackPeak(txMachine *the); /* slots */
void hostMemoryMeasure(txMachine *the, HostMemory *memory);
void hostMemoryReport(txMachine *the); /* a line of JSON on fd 5, if it is open */

/* again.c */
int hostRestarts(void); /* whether the program can end in a deep sleep */
/* Begins the program anew if it has crashed and that is wanted, as on the chip; otherwise that is its end, so that nobody overlooks it. */
void hostStartAgain(int code);

/* restart.c */
void hostSupervise(txMachine *the); /* returns in a new process, again and again; in this one never */

/* scriptTime.c: the clock goes on while script runs. */
void hostScriptTimeStarts(txMachine *the);
void hostScriptTimeTurn(void);  /* of the event loop: one begins */
uint32_t hostCollections(void); /* of garbage, since the program started */
/* What runs in between takes no time. */
void hostScriptTimePause(txMachine *the);
void hostScriptTimeResume(txMachine *the);
void hostTimePasses(void);                         /* while script runs */
extern uint32_t hostByteCodes, hostByteCodeCycles; /* of all machines: how many have run, and what they took */
/* What a machine has run takes the time of its steps; that of the call it is in, as long as it has no more steps than such a call; or none. */
typedef enum { HOST_STEPS_COUNT, HOST_STEPS_COVERED, HOST_STEPS_FREE } HostSteps;
/* Since this was last called. 0: nobody counts its steps now. */
int hostStepsTaken(txMachine *the, HostSteps are);
void hostCyclesTaken(uint32_t count);
/* A native was looked up, which the compiler of the SDK does. */
void hostLookedUp(txMachine *the);

/* scriptCalls.c: whose steps take time. */
void hostSimulatedCode(const txScript *script); /* of a module that stands for hardware */
void hostCallsStart(void);
void hostCallsTurn(void);
HostSteps hostStepsOf(txMachine *the);
/* Script of a machine enters and leaves a function, whose slot is on XS's stack. */
/* By that slot: the first argument, or NULL; and the result. */
static inline const txSlot *hostFirstArgument(const txSlot *function) {
	return (function - 4)->value.integer > 0 ? function - 5 : NULL;
}
static inline const txSlot *hostResultOf(const txSlot *function) {
	return function - 2;
}
void hostFunctionBegins(txMachine *the, txSlot *function);
void hostFunctionEnds(txMachine *the, txSlot *function);

/*
 * debugger.c: the program's main module is about to run; after each turn, where a lost connection is made anew; a script's machine is made, or about
 * to be called; a machine is no more
 */
void hostDebuggerStart(txMachine *the);
void hostDebuggerTurn(txMachine *the);
void hostDebuggerScript(txMachine *the);
void hostDebuggerEnded(txMachine *the);

/* abort.c */
void hostExit(txMachine *the, int code) __attribute__((noreturn));
void hostReportException(txMachine *the, const char *title); /* reports mxException and clears it */

/* natives.c; the tables are generated from the sources of the program */
typedef struct {
	const char *name;
	txCallback callback;
} HostNative;
typedef struct {
	const char *name;
	txDestructor destructor;
} HostNativeClass;
typedef struct {
	const char *name;
	txID *id;
} HostIdentifier;
extern const HostNative hostNatives[];
extern const size_t hostNativeCount;
extern const HostNativeClass hostNativeClasses[];
extern const size_t hostNativeClassCount;
extern const HostIdentifier hostIdentifiers[];
extern const size_t hostIdentifierCount;
void hostStartNatives(txMachine *the);   /* before script runs: C's identifiers, and the table of functions */
void hostStartFunctions(txMachine *the); /* the latter alone, of another machine than the node's */
void hostStirRandom(
	uint32_t program); /* each program of a run has its own random numbers; the first those of the seed */
void hostBuildGlobals(txMachine *the);                       /* before any module is loaded */
void hostNewObject(txMachine *the, txDestructor destructor); /* pushes it */
/* Arguments without undefined ones at the end: native("f").call(this, a, b) hands over every parameter, given or not. */
txInteger hostArgc(txMachine *the);

/* scriptMachine.c: a machine beside the node's that can be stopped. The platform creates and frees it. */
typedef struct HostScript {
	HostHeap heap;
	void *context; /* of scriptHal.h */
	bool (*check)(void *context);
	uint32_t countedSteps;
	int end; /* XS's exit status; 0: it has not ended */
} HostScript;
txMachine *hostScriptCreate(HostScript *script, txSize bytes, txSize stackCount);
void hostScriptFree(HostScript *script);
void hostScriptEnd(txMachine *the, int status) __attribute__((noreturn));

/* modules.c */
extern int hostModulesLoaded;
txSize hostCodeSize(const txByte *at); /* of the instruction there */
void hostPrepareScript(
	txMachine *the, txScript *script); /* its names become this machine's, its code is run in place from then on */

/* parser.c: a module's byte code; NULL when there is none, or an exception */
txScript *hostLoadScript(txMachine *the, const HostFile *file);

/* ending.c */
void hostEndOnRequest(txMachine *the); /* from now on SIGTERM ends the program after the current turn */
void hostCheckEnd(txMachine *the);     /* call after each turn */

/* loop.c */
void hostPreload(txMachine *the);
void hostRun(txMachine *the);

/* files.c: a file's bytes in memory, mapped, never freed (they stand for flash). NULL if there is no such file. */
const void *hostMap(const char *path, size_t *size);

#endif
