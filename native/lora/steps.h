/* The machine that runs a driver's steps. A driver is tables of steps; an operation is a program of such tables. */
#ifndef LOAM_LORA_STEPS_H
#define LOAM_LORA_STEPS_H

#include "errata.h"
#include "lora.h"

/* A chip family's tables of steps, each terminated by NULL. */
typedef struct {
	const LoraStep *start;    /* from reset to standby, fully configured */
	const LoraStep *wakeWarm; /* from warm sleep to standby */
	const LoraStep *wakeCold; /* from cold sleep: runs before `start` */
	const LoraStep *doze;     /* from standby to warm sleep */
	const LoraStep *operations[LORA_STANDBY + 1];
	int32_t minSf, maxTimeoutSymbols, minTimeoutSymbols;
} LoraFamily;

extern const LoraFamily loraSx126x, loraSx127x;

static inline bool loraIsSx126x(const LoraRadio *radio) {
	return radio->board.chip <= LORA_SX1268;
}

/* Whether SX126x's DIO3 can supply this voltage to a TCXO. */
bool loraIsTcxoVoltage(int32_t decivolt);

bool loraIsEndless(const LoraRadio *radio);

/* Starts an operation: reset or wake as needed, then its steps. */
void loraBegin(LoraRadio *radio, LoraOperation operation);

/* Hands an event to the callback: of this call, and of the window that is on. */
void loraReport(LoraRadio *radio, LoraEvent event);
/* For steps: ends the operation with this event, which is reported after the cleanup. Returns LORA_STEP_DONE. */
LoraStepResult loraFinish(LoraRadio *radio, LoraEventKind kind, int32_t value);
/* Resets the chip and then reports the error. Returns LORA_STEP_FAILED. */
LoraStepResult loraFail(LoraRadio *radio, LoraFault fault, const char *text);
/* The next step is not run before now + microseconds. */
void loraPause(LoraRadio *radio, uint64_t microseconds);
/* Timeout of a step that waits for an interrupt, `microseconds` from now. */
void loraSetDeadline(LoraRadio *radio, uint64_t microseconds);
/* Airtime of a packet with the current modulation, microseconds. */
uint64_t loraPacketTime(const LoraRadio *radio, size_t bytes);
uint64_t loraNow(const LoraRadio *radio);

#endif
