/*
 * The one clock of a host program. It is virtual: it advances when the program has nothing left to do at the current
 * instant, when C code reports busy time, and by what a meter says that script has taken. Everything that uses time (JS timers, Date,
 * Time.ticks, the simulated chips) reads this clock, so a run is deterministic.
 */
#ifndef LOAM_SIM_CLOCK_H
#define LOAM_SIM_CLOCK_H

#include <stdint.h>

#define SIM_CLOCK_NEVER UINT64_MAX

typedef void (*SimEvent)(void *context);

/* Microseconds since the run's start. Adds what script has taken so far, and fires the simulation events that fell due in it. */
uint64_t simClockNow(void);

/*
 * A meter returns the microseconds that script has taken since it was last asked. The clock asks it whenever it is read or
 * used, so script that calls nothing of the clock may run ahead of it, but meets every event at the event's own time.
 */
typedef uint64_t (*SimMeter)(void *context);
void simClockSetMeter(SimMeter meter, void *context);

/*
 * Runs `call` when the clock reaches `when` (or at once when that has passed). Events at one instant run in the order
 * in which they were scheduled. Returns an id that is never 0. A simulated part (a chip, a wire) uses this; such an
 * event also fires while script or C is busy, like an interrupt or a task of high priority, so it must not run script.
 */
uint32_t simClockAt(uint64_t when, SimEvent call, void *context);

/*
 * Like simClockAt, but `call` runs only from the event loop, never while something is busy: it may run script
 * (xsBeginHost/xsEndHost on the machine). An interrupt that ends in a callback posts a task at simClockNow().
 */
uint32_t simClockTaskAt(uint64_t when, SimEvent call, void *context);

/* Cancels an event or task that has not run; an id that has run or is 0 is ignored. */
void simClockCancel(uint32_t id);

/* Busy time: advances the clock, and fires the simulation events that become due. */
void simClockAdvance(uint64_t microseconds);

/*
 * Busy time in which the processor executes nothing from flash, because flash is written: neither script nor the radio's driver runs, and interrupts
 * wait for the end. The chips outside go on.
 */
void simClockStall(uint64_t microseconds);

/* The time itself, or the end of the stall that it lies in. */
uint64_t simClockAfterStall(uint64_t when);

/* Like simClockAdvance, but for times in which the outside world is to be asked: calls the gate. */
void simClockWait(uint64_t microseconds);

/*
 * A gate is called before the event loop or script advances the clock to `target` (SIM_CLOCK_NEVER: the program has nothing left to
 * do). It may wait for the outside world, and may add events before `target`. At most one gate. The program ends when
 * nothing is left after the gate has returned.
 */
typedef void (*SimGate)(void *context, uint64_t target);
void simClockSetGate(SimGate gate, void *context);

/*
 * Called before the gate, with the same: may wait for real time to pass, and may add events before `target`. At most one.
 */
void simClockSetPace(void (*pace)(uint64_t target));

/* Whether the gate is being called now: the program is blocked. */
int simClockIsAtGate(void);

/* Runs the events before the next task, and the task. Returns 0 when nothing is left. Called by the event loop only. */
int simClockStep(void);
/* The same, but the task is the caller's to run. */
int simClockTake(SimEvent *call, void **context);

/* Called when the event loop has ended a turn, before it waits for the next event. */
void simClockSetTurnEnd(void (*call)(void));

/* For a program that is not the first of the run: when it begins, and Date there. */
void simClockBegin(uint64_t microseconds, double date);

/* Microseconds in which this program had nothing to do, and the processor might sleep lightly. */
uint64_t simClockIdle(void);
/* It must not from now on, or may again: the locks of the chip's power management. */
enum { SIM_AWAKE_RADIO = 1, SIM_AWAKE_PROGRAM = 2 };
void simClockKeepAwake(int lock, int isOn);

/* Milliseconds since 1970 at the run's start, and now. Setting the time changes Date, not the clock. */
void simClockSetEpoch(double milliseconds);
double simClockDate(void);

/* A chip's counter of milliseconds: 32 bits, signed as the SDK gives it to script; and what it is when a program begins. */
void simClockSetTicks(uint32_t milliseconds);
int32_t simClockTicks(void);

#endif
