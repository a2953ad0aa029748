/*
 * The simulated board: what goes on while a program ends and the next one begins, in a deep sleep or a reset. Each program is
 * a process of its own (platform/restart.c), so that nothing else lasts, neither in script nor in C; this memory is shared by
 * all of them. A power cut clears it, but for the flash.
 */
#ifndef LOAM_SIM_POWERED_H
#define LOAM_SIM_POWERED_H

#include <stddef.h>
#include <stdint.h>

#include "resets.h"

enum { simPoweredPins = 64 };

/* Why the program began, as sleepHal.h counts. */
enum {
	SIM_STARTS_WOKEN,
	SIM_STARTS_POWERED,
	SIM_STARTS_RESET,
	SIM_STARTS_WATCHDOG,
	SIM_STARTS_CRASHED,
	SIM_STARTS_BROWN_OUT
};

/* How long each state lasted, microseconds. In the rest the processor was awake. */
typedef struct {
	uint64_t deep, light, off, transmit, receive;
	uint32_t sleeps, resets, powerCuts;
} SimPowerTimes;

/* Of a pin that something drives: for how long it was low and high, microseconds; the rest of the time it floats. */
typedef struct {
	uint64_t since, low, high;
	uint8_t isDriven, hasFloated; /* after it was driven: in a sleep in which it was neither held nor kept */
} SimPinTimes;

/* All times until a moment. */
typedef struct {
	uint64_t now;
	SimPowerTimes times;
	SimPinTimes pins[simPoweredPins];
} SimPowerMark;

typedef struct {
	/* Of the clock, when the last program ended: its time, Date there, and when the present program began. */
	uint64_t now, startedAt;
	double date;
	uint32_t starts; /* programs that have begun before this one */
	int cause;
	int slot; /* of the firmware that runs: simOta.c */
	/* The RTC: when it was 0, and how much faster it runs than it should. */
	uint64_t rtcZero;
	double rtcPpm;
	/* GPIO: levels on the wires, which pads are held, and what the program drives: a pad that is held shows it when it is released. */
	uint8_t levels[simPoweredPins], held[simPoweredPins], driven[simPoweredPins];
	uint8_t kept[simPoweredPins]; /* driven in light sleep too */
	SimPowerTimes times;
	/* Whether a host is connected to the UART. */
	uint8_t hasSerialHost;
	/* Of a test (resets.h), by phase and kind. */
	uint32_t resets[SIM_PHASES][SIM_RESETS];
	/* Writes and erases of flash since the run's start. */
	uint64_t flashAccesses;
	/* The largest of all programs: XS's heap on the chip, see memory.c. */
	int32_t peakTotal, peakSlots, peakChunkBytes, peakStack;
	SimPinTimes pins[simPoweredPins];
	/* When the first deep sleep began, and the last: what lies between them is whole cycles. */
	SimPowerMark firstSleep, lastSleep;
} SimPowered;

SimPowered *simPowered(void);

/* Blocks of it, for parts that keep their own state there. */
typedef enum { SIM_POWERED_FLASH, SIM_POWERED_RETAINED, SIM_POWERED_RADIO, SIM_POWERED_BLOCKS } SimPoweredBlock;

/* The same memory in every program, at the same address. `*isNew`: it has just been made, or the power was cut; all 0 then. */
void *simPoweredMemory(SimPoweredBlock block, size_t bytes, int *isNew);

/* All of it: shared by the programs, 0 when it is new. NULL when there is none. At most `bytes` are used, from the start on. */
void *simPoweredReserve(size_t bytes, int *isNew);

/* Where a block is; NULL: wherever there is room in that memory. */
void *simPoweredPlace(SimPoweredBlock block);

/* Whether programs are started again here. */
int simPoweredRestarts(void);
void simPoweredAllowRestarts(void);

/* End this program and have the next one begin: after a deep sleep, at once (`cause` is one of the last four), or without what the power held. */
void simPoweredSleep(uint64_t microseconds) __attribute__((noreturn));
void simPoweredReset(int cause) __attribute__((noreturn));
void simPoweredCut(uint64_t offMicroseconds) __attribute__((noreturn));
/* The program has crashed, which is a reset if LOAM_CRASH is "restart"; otherwise this returns. */
void simPoweredCrash(void);

/* A pin is driven from now on; a pad that is held stays as it is. */
void simPoweredDrive(int pin, int level);
/* The times until now. */
void simPoweredMark(SimPowerMark *mark);

/* Called by whoever starts programs, before each but the first. */
void simPoweredBegin(void);

/* The process's exit code that says so. */
enum { SIM_EXIT_AGAIN = 90 };

/* Called before the program ends in one of the three ways. */
void simPoweredAtEnd(void (*call)(void));

/* Writes "power":{...},"injected":{...},"flashAccesses":N for RunResult of run.ts. Returns the length, as snprintf. */
int simPoweredReport(char *text, size_t room);

#endif
