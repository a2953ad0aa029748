/* Steps shared by the SX126x driver's files. */
#ifndef LOAM_SX126X_H
#define LOAM_SX126X_H

#include "sx126xBus.h"

extern const LoraStep sx126xTransmitSteps[], sx126xReceiveSteps[], sx126xDetectSteps[], sx126xMeasureSteps[],
	sx126xRandomSteps[], sx126xSleepSteps[], sx126xDozeSteps[], sx126xStandbySteps[];

LoraStepResult sx126xStandby(LoraRadio *radio);

/* sx126xModulation.c: everything that depends on frequency and modulation, in this order. */
LoraStepResult sx126xCalibrateImage(LoraRadio *radio);
LoraStepResult sx126xSetFrequency(LoraRadio *radio);
LoraStepResult sx126xSetModulation(LoraRadio *radio);
LoraStepResult sx126xTuneTxQuality(LoraRadio *radio);
LoraStepResult sx126xSetPacket(LoraRadio *radio);
LoraStepResult sx126xTuneIq(LoraRadio *radio);
LoraStepResult sx126xSetSyncWord(LoraRadio *radio);
#define SX126X_CONFIGURE \
	sx126xStandby, sx126xCalibrateImage, sx126xSetFrequency, sx126xSetModulation, sx126xTuneTxQuality, \
		sx126xSetPacket, sx126xTuneIq, sx126xSetSyncWord

/* Interrupts: clears old ones, maps `mask` to DIO1. */
LoraStepResult sx126xClearInterrupts(LoraRadio *radio);
LoraStepResult sx126xEnableInterrupts(LoraRadio *radio, uint16_t mask);
/* Waits for DIO1, then stores the interrupts in radio->bits and clears them. */
LoraStepResult sx126xAwaitInterrupt(LoraRadio *radio);

#endif
