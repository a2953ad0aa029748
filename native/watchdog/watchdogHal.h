/*
 * The task watchdog, as a platform gives it: on the chip esp32/watchdogEsp32.c, in simulation host-tools/xs/sim/simWatchdog.c. The event
 * loop is watched by itself, from the program's start on: the SDK's on the chip, platform/loop.c in simulation.
 */
#ifndef LOAM_WATCHDOG_HAL_H
#define LOAM_WATCHDOG_HAL_H

#include <stdint.h>

/* Milliseconds; 0: there is none. */
uint32_t watchdogHalTimeout(void);

/* From now on watchdogHalFeed must be called within the timeout, again and again. */
void watchdogHalStart(void);

/* Does nothing before watchdogHalStart. */
void watchdogHalFeed(void);

#endif
