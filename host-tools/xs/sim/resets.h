/*
 * Resets and power cuts for a test. At every phase of a node's cycle: LOAM_RESETS is SEED,PROBABILITY,WINDOW, each program of a run
 * ends early with that probability, in a random phase; a window has that many seconds. At given moments: LOAM_RESETS_AT is
 * SECONDS KIND,... since the run's start, in order; KIND is one of simResetNames.
 */
#ifndef LOAM_SIM_RESETS_H
#define LOAM_SIM_RESETS_H

#include <stdint.h>

typedef enum {
	SIM_PHASE_START,    /* until the window begins */
	SIM_PHASE_SAMPLING, /* the window */
	SIM_PHASE_FEATURES, /* from its last sample on: features, network, script */
	SIM_PHASE_FLASH,    /* within a write or an erase */
	SIM_PHASE_RETAIN,   /* when RTC memory is accessed */
	SIM_PHASE_TX,
	SIM_PHASE_RX1,
	SIM_PHASE_RX2,
	SIM_PHASE_FALLING_ASLEEP,
	SIM_PHASE_ASLEEP,
	SIM_DRAWN_PHASES,
	SIM_PHASE_MOMENT = SIM_DRAWN_PHASES,
	SIM_PHASES
} SimPhase;

/* A reset that leaves RTC memory, one that damages it, a power cut, and a reset that flips a bit of the state's newest record in RTC memory. */
typedef enum { SIM_RESET_KEPT, SIM_RESET_DAMAGED, SIM_RESET_POWER, SIM_RESET_FLIPPED, SIM_RESETS } SimResetKind;

extern const char *const simPhaseNames[SIM_PHASES];
extern const char *const simResetNames[SIM_RESETS];

/* A program begins: draws what happens to it, and has it end at the next of the given moments. */
void simResetsBegin(void);

/* A phase has begun that lasts so long: the reset comes within it, if it is due here. */
void simResetsWithin(SimPhase phase, uint64_t microseconds);

/* Microseconds of a sleep until the reset; UINT64_MAX: none. */
uint64_t simResetsAsleep(uint64_t microseconds);

/* For phases that have no length: ends the program, if it is due here. */
void simResetsHere(SimPhase phase);

/* The n-th write or erase of flash, 0: none; and the share of it that is done. */
uint64_t simResetsFlash(double *fraction);

/* Ends the program as was drawn. */
void simResetsNow(void);

#endif
