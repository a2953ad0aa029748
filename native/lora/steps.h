/* The machine that runs a driver's steps. A driver is tables of steps; an operation is a program of such tables. */
#ifndef LOAM_LORA_STEPS_H
#define LOAM_LORA_STEPS_H

#include "errata.h"
#include "lora.h"

/* What a chip family gives: tables of steps, each ended by NULL. */
typedef struct {
	const LoraStep *start;    /* out of reset to standby, all settings made */
	const LoraStep *wakeWarm; /* out of warm sleep to standby */
	const LoraStep *wakeCold; /* out of cold sleep: what goes before `start` */
	const LoraStep *operations[LORA_STANDBY + 1];
	int32_t minSf, maxTimeoutSymbols, minTimeoutSymbols;
} LoraFamily;

extern const LoraFamily loraSx126x, loraSx127x;

static inline bool loraIsSx126x(const LoraRadio *radio) {
	return radio->board.chip <= LORA_SX1268;
}

/* Whether SX126x's DIO3 can give this voltage to a TCXO. */
bool loraIsTcxoVoltage(int32_t decivolt);

bool loraIsEndless(const LoraRadio *radio);

/* Starts an operation: reset or wake as needed, then its steps. */
void loraBegin(LoraRadio *radio, LoraOperation operation);

/* For steps: the operation is over with this event, which is told when all is put away. Returns LORA_STEP_DONE. */
LoraStepResult loraFinish(LoraRadio *radio, LoraEventKind kind, int32_t value);
/* Resets the chip and then tells of the error. Returns LORA_STEP_FAILED. */
LoraStepResult loraFail(LoraRadio *radio, LoraFault fault, const char *text);
/* The next step is not run before now + microseconds. */
void loraPause(LoraRadio *radio, uint64_t microseconds);
/* A step that waits for an interrupt gives up `microseconds` from now. */
void loraSetDeadline(LoraRadio *radio, uint64_t microseconds);
/* Time on the air of a packet of the modulation in force, microseconds. */
uint64_t loraPacketTime(const LoraRadio *radio, size_t bytes);
uint64_t loraNow(const LoraRadio *radio);

#endif
