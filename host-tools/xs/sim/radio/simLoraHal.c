/* loraHalOpen for this machine: a board without faults, its chip on the air of the program. */
#include <stdlib.h>

#include "airPort.h"
#include "simHal.h"
#include "sx126xSim.h"
#include "sx127xSim.h"

typedef struct {
	SimHal hal; /* first: it is the HAL's context */
	union {
		Sx126xSim sx126x;
		Sx127xSim sx127x;
	} chip;
} SimulatedRadio;

bool loraHalOpen(
	LoraHal *hal, const LoraBoard *board, const LoraPins *pins, void *machine, LoraHalWake wake, void *owner) {
	SimulatedRadio *radio = calloc(1, sizeof *radio);
	const SimAir *air = airPortOpen();
	const SimBoard simulated = { .air = air,
		.noise = airPortNoise(),
		.tcxoDecivolt = board->tcxoDecivolt,
		.isSx1261 = board->chip == LORA_SX1261,
		.isSx1272 = board->chip == LORA_SX1272,
		.changed = simHalPinsChanged,
		.owner = radio };
	const SimPins sx126x = { &radio->chip, sx126xSimTransfer, sx126xSimReset, sx126xSimBusy, sx126xSimDio };
	const SimPins sx127x = { &radio->chip, sx127xSimTransfer, sx127xSimReset, sx127xSimBusy, sx127xSimDio };
	(void)pins;
	(void)machine;
	if (!radio)
		return false;
	simHalConnect(&radio->hal, hal, board->chip <= LORA_SX1268 ? &sx126x : &sx127x, wake, owner);
	if (board->chip <= LORA_SX1268)
		sx126xSimInit(&radio->chip.sx126x, &simulated);
	else
		sx127xSimInit(&radio->chip.sx127x, &simulated);
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
	free(radio);
}
