/* The HAL over a simulated chip: interrupts and alarms come as tasks of the virtual clock. */
#ifndef LOAM_SIM_HAL_H
#define LOAM_SIM_HAL_H

#include "hal.h"
#include "simChip.h"

typedef struct {
	SimPins pins;
	LoraHalWake wake;
	void *owner;
	uint32_t alarm, wakeTask;
	uint64_t edge;
	bool level[2], isWatchingBusy, wasBusy;
	LoraAntenna antenna;
	uint64_t microsecondsOfSpi; /* how long the bus was in use */
} SimHal;

void simHalConnect(SimHal *sim, LoraHal *hal, const SimPins *pins, LoraHalWake wake, void *owner);
void simHalDisconnect(SimHal *sim);
/* For SimBoard.changed. */
void simHalPinsChanged(void *sim);

#endif
