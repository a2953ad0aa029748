/*
 * The world around the chip: the air and the radio chip, the flash chip, the passing of time, the measuring instruments. It runs with
 * memory, C library and stack of its own; no instruction of it counts as the chip's. The chip enters it by these calls (calls.S),
 * and by those of clock.h, simFlash.h and hal.h.
 */
#ifndef LOAM_WORLD_H
#define LOAM_WORLD_H

#include <stddef.h>
#include <stdint.h>

/* A variable of the world that outlasts a restart of the chip. */
#define LASTING __attribute__((section(".lasting")))

/* What the instruments look at; addresses in the chip's memory. */
typedef struct {
	void *machine;        /* txMachine */
	void *stackPaintFrom; /* XS's stack, from its bottom ... */
	void *stackPaintTo;   /* ... to where it was when the main module started */
	void *cStackBottom, *cStackTop;
	void *driverStackTop;       /* of the radio driver's task: it begins where the other ends */
	char **heapFrom, **heapTop; /* malloc's memory */
	uint32_t xsBytes;           /* of it: XS's memory */
	uint32_t statics;           /* bytes of variables */
	uint32_t imageBytes;        /* bytes of the machine in flash */
	const void *files;          /* HostFile[moduleCount] */
	const void *const *scripts; /* txScript */
	size_t moduleCount;
} WorldView;

enum { worldPaint = 0xA7 };

/* Text of the program: descriptor 1 or 2. */
void worldWrite(int descriptor, const char *text, size_t length);
void worldSave(const char *path, const void *bytes, size_t size);
void worldExit(int code) __attribute__((noreturn));
/* worldVariables.c: the environment, the chip's too. Call first. */
void worldReadVariables(void);
void worldWatch(const WorldView *view);

/* Script enters and leaves a function: its slot on XS's stack. */
void worldEnterFunction(void *machine, void *function);
void worldLeaveFunction(void *machine, void *function);
/* Byte code is about to run, where the program asks for that (build.ts). Returns 1. */
unsigned worldByteCode(void *machine, unsigned code);
/* Garbage collection of a txMachine, the node's or an app script's, begins or ends. */
void worldCollect(void *machine, int isBeginning);
/* The event loop begins a turn: simWatchdogTurn of the chip. */
void worldTurn(void);

#endif
