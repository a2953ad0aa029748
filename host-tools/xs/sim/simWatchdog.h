/* The simulated watchdog: the part that watches the event loop. */
#ifndef LOAM_SIM_WATCHDOG_H
#define LOAM_SIM_WATCHDOG_H

/* The event loop begins a turn: script, a timer, a callback. Resets the board when it lasts too long. */
void simWatchdogTurn(void);

#endif
