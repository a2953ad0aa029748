/* The chip's end of the radio's wires: each function of the HAL is a call of the world. */
#include "chip.h"
#include "clock.h"
#include "hal.h"

#include "worldRadio.h"

extern void chipHalTransfer(void *context, const uint8_t *out, uint8_t *in, size_t bytes);
extern void chipHalReset(void *context, bool held);
extern bool chipHalBusy(void *context);
extern bool chipHalDio(void *context, unsigned number);
extern uint64_t chipHalEdge(void *context);
extern void chipHalDelay(void *context, uint32_t microseconds);
extern uint64_t chipHalNow(void *context);
extern void chipHalWakeAt(void *context, uint64_t when);
extern void chipHalWatchBusy(void *context, bool on);
extern void chipHalAntenna(void *context, LoraAntenna path);
extern void chipHalLock(void *context);
extern void chipHalUnlock(void *context);
extern void chipHalPost(void *context);

bool loraHalOpen(LoraHal *hal, const LoraBoard *board, const LoraPins *pins, void *machine, LoraHalWake wake,
	LoraHalDeliver deliver, void *owner) {
	(void)machine;
	*hal = (LoraHal){ NULL, chipHalTransfer, chipHalReset, chipHalBusy, chipHalDio, chipHalEdge, chipHalDelay,
		chipHalNow, chipHalWakeAt, chipHalWatchBusy, chipHalAntenna, chipHalLock, chipHalUnlock, chipHalPost };
	hal->context = worldOpenRadio(board, pins, wake, deliver, owner);
	return hal->context != NULL;
}

void loraHalClose(LoraHal *hal) {
	if (hal->context)
		worldCloseRadio();
	hal->context = NULL;
}
