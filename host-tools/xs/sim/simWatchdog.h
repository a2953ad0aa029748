/* The simulated watchdog: the part that watches the event loop. */
#ifndef LOAM_SIM_WATCHDOG_H
#define LOAM_SIM_WATCHDOG_H

/* The event loop begins a turn: script, a timer, a callback. */
void simWatchdogTurn(void);

/* Script is still at work in it. Resets the board when that has lasted too long. */
void simWatchdogCheck(void);

#endif
