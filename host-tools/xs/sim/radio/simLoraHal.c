/* loraHalOpen for this machine: a board without faults unless LOAM_RADIO_STUCK names one, its chip on the air of the program. */
#include <stdio.h>
#include <stdlib.h>

#include "airPort.h"
#include "clock.h"
#include "powered.h"
#include "simHal.h"
#include "sx126xSim.h"
#include "sx127xSim.h"

typedef struct {
	SimHal hal;       /* first: it is the HAL's context */
	uint32_t program; /* that has opened it, counted from 1; 0: none */
	bool isOnBoard;   /* lasts longer than the program; a second radio, which some tests open, does not */
	union {
		Sx126xSim sx126x;
		Sx127xSim sx127x;
	} chip;
} SimulatedRadio;

/* LOAM_RADIO_STUCK: "FROM TO", microseconds after each transmission's end between which SX126x's BUSY line is stuck high. */
static struct {
	SimAir air;
	const SimAir *to;
	unsigned long from, until;
	uint64_t sentAt;
} stuck;

static void transmit(void *context, const SimPacket *packet) {
	stuck.sentAt = packet->end;
	stuck.to->transmit(context, packet);
}

static const SimAir *openAir(void) {
	const char *fault = getenv("LOAM_RADIO_STUCK");
	stuck.to = airPortOpen();
	if (!fault || sscanf(fault, "%lu %lu", &stuck.from, &stuck.until) != 2)
		return stuck.to;
	stuck.air = *stuck.to;
	stuck.air.transmit = transmit;
	return &stuck.air;
}

static bool sx126xBusy(void *chip) {
	const uint64_t now = simClockNow();
	if (stuck.sentAt && now >= stuck.sentAt + stuck.from && now < stuck.sentAt + stuck.until)
		return true;
	return sx126xSimBusy(chip);
}

/* The chip has power while the processor sleeps: a program finds it as the one before has left it. */
static void power(SimulatedRadio *radio, const LoraBoard *board) {
	const SimBoard simulated = { .air = openAir(),
		.noise = airPortNoise() + simPowered()->times.powerCuts,
		.tcxoDecivolt = board->tcxoDecivolt,
		.isSx1261 = board->chip == LORA_SX1261,
		.isSx1268 = board->chip == LORA_SX1268,
		.isSx1272 = board->chip == LORA_SX1272,
		.changed = simHalPinsChanged,
		.owner = radio };
	if (board->chip <= LORA_SX1268)
		sx126xSimInit(&radio->chip.sx126x, &simulated);
	else
		sx127xSimInit(&radio->chip.sx127x, &simulated);
}

/* What it was about to do was scheduled in the program that has ended. */
static void resume(SimulatedRadio *radio, const LoraBoard *board) {
	airPortOpen();
	if (board->chip <= LORA_SX1268)
		sx126xSimForgetEvents(&radio->chip.sx126x);
	else
		sx127xSimForgetEvents(&radio->chip.sx127x);
}

/* The board's, or another while that is open. */
static SimulatedRadio *take(bool *isNew) {
	const uint32_t program = simPowered()->starts + 1;
	int isCleared;
	SimulatedRadio *radio = simPoweredMemory(SIM_POWERED_RADIO, sizeof *radio, &isCleared);
	const bool isOnBoard = radio->program != program;
	*isNew = !isOnBoard || !radio->isOnBoard;
	if (!isOnBoard)
		radio = calloc(1, sizeof *radio);
	if (!radio)
		return NULL;
	radio->program = program;
	radio->isOnBoard = isOnBoard;
	return radio;
}

bool loraHalOpen(LoraHal *hal, const LoraBoard *board, const LoraPins *pins, void *machine, LoraHalWake wake,
	LoraHalDeliver deliver, void *owner) {
	bool isNew;
	SimulatedRadio *radio = take(&isNew);
	const SimPins sx126x = { &radio->chip, sx126xSimTransfer, sx126xSimReset, sx126xBusy, sx126xSimDio };
	const SimPins sx127x = { &radio->chip, sx127xSimTransfer, sx127xSimReset, sx127xSimBusy, sx127xSimDio };
	(void)pins;
	(void)machine;
	if (!radio)
		return false;
	simHalConnect(&radio->hal, hal, board->chip <= LORA_SX1268 ? &sx126x : &sx127x, wake, deliver, owner);
	if (isNew)
		power(radio, board);
	else
		resume(radio, board);
	return true;
}

void loraHalClose(LoraHal *hal) {
	SimulatedRadio *radio = hal->context;
	if (!radio)
		return;
	/* Reset cancels all of the chip's clock events. */
	hal->reset(radio, true);
	simHalDisconnect(&radio->hal);
	hal->context = NULL;
	radio->program = 0;
	if (radio->isOnBoard)
		radio->isOnBoard = false; /* the next one may be opened as another board's */
	else
		free(radio);
}
