/* SX127x register access, and the steps shared by the driver's files. */
#ifndef LOAM_SX127X_H
#define LOAM_SX127X_H

#include "steps.h"
#include "sx127xChip.h"

void sx127xWriteRun(LoraRadio *radio, uint8_t address, const uint8_t *values, size_t count);
void sx127xWrite(LoraRadio *radio, uint8_t address, uint8_t value);
void sx127xReadRun(LoraRadio *radio, uint8_t address, uint8_t *values, size_t count);
uint8_t sx127xRead(LoraRadio *radio, uint8_t address);

extern const LoraStep sx127xTransmitSteps[], sx127xReceiveSteps[], sx127xDetectSteps[], sx127xMeasureSteps[],
	sx127xRandomSteps[], sx127xSleepSteps[], sx127xDozeSteps[], sx127xStandbySteps[];

static inline bool sx127xIsSx1272(const LoraRadio *radio) {
	return radio->board.chip == LORA_SX1272;
}

/* Below this the chip's low-frequency port is used (RegOpMode, 6.4). */
static inline bool sx127xIsLowBand(const LoraRadio *radio) {
	return !sx127xIsSx1272(radio) && radio->listen.modulation.frequency < 525000000;
}

/* sx127xSetup.c */
void sx127xSetMode(LoraRadio *radio, uint8_t mode);
LoraStepResult sx127xStandby(LoraRadio *radio);

/* sx127xModulation.c: everything that depends on frequency, modulation and direction, in this order. */
LoraStepResult sx127xSetModem(LoraRadio *radio);
LoraStepResult sx127xSetPacket(LoraRadio *radio);
LoraStepResult sx127xSetIq(LoraRadio *radio);
LoraStepResult sx127xTuneWide(LoraRadio *radio);
LoraStepResult sx127xRejectSpurs(LoraRadio *radio);
LoraStepResult sx127xSetFrequency(LoraRadio *radio);
#define SX127X_CONFIGURE \
	sx127xStandby, sx127xSetModem, sx127xSetPacket, sx127xSetIq, sx127xTuneWide, sx127xRejectSpurs, sx127xSetFrequency

#endif
