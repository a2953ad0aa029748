/*
 * The HAL over a simulated chip. The driver runs in events of the virtual clock: at their time, also while script is busy. What it
 * reports is delivered in a task of the clock, which waits for script.
 */
#ifndef LOAM_SIM_HAL_H
#define LOAM_SIM_HAL_H

#include "hal.h"
#include "simChip.h"

typedef struct {
	SimPins pins;
	LoraHalWake wake;
	LoraHalDeliver deliver; /* may be NULL */
	void *owner;
	uint32_t alarm, wakeEvent, delivery;
	uint64_t edge;
	bool level[2], isWatchingBusy, wasBusy;
	LoraAntenna antenna;
	uint64_t microsecondsOfSpi; /* how long the bus was in use */
} SimHal;

void simHalConnect(
	SimHal *sim, LoraHal *hal, const SimPins *pins, LoraHalWake wake, LoraHalDeliver deliver, void *owner);
void simHalDisconnect(SimHal *sim);
/* For SimBoard.changed. */
void simHalPinsChanged(void *sim);

#endif
