/* The simulated radio chip, of which there is one. */
#ifndef LOAM_WORLD_RADIO_H
#define LOAM_WORLD_RADIO_H

#include "hal.h"

/* The context of the HAL, NULL when it cannot be opened. `wake` and `deliver` are of the chip. */
void *worldOpenRadio(
	const LoraBoard *board, const LoraPins *pins, LoraHalWake wake, LoraHalDeliver deliver, void *owner);
void worldCloseRadio(void);

#endif
