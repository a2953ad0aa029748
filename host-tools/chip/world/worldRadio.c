#include "worldRadio.h"

#include "clock.h"
#include "worldTasks.h"

/* Where calls.S looks. */
LoraHal worldHal;

typedef struct {
	LoraHalWake wake;
	void *owner;
} Owner;

static Owner chip;

/* The driver is the chip's code: it runs when the world is left. */
static void wakeChip(void *owner) {
	(void)owner;
	worldPost(chip.wake, chip.owner);
}

void *worldOpenRadio(const LoraBoard *board, const LoraPins *pins, LoraHalWake wake, void *owner) {
	if (worldHal.context)
		return NULL;
	chip = (Owner){ wake, owner };
	return loraHalOpen(&worldHal, board, pins, NULL, wakeChip, NULL) ? worldHal.context : NULL;
}

void worldCloseRadio(void) {
	loraHalClose(&worldHal);
}
