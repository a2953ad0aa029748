/* Opens and closes the radio's hardware, and says what its task did. */
#include <stdio.h>

#include "hal.h"
#include "idf.h"

static LoraHal hal;
static int wakes, late;

/* As loraWake does: the driver uses the hardware at once. */
static void wake(void *owner) {
	(void)owner;
	wakes++;
	if (hal.context)
		hal.lock(hal.context);
	else
		late++;
}

static void deliver(void *owner) {
	(void)owner;
}

int main(void) {
	const LoraBoard board = { .chip = LORA_SX1262 };
	const LoraPins pins = { .reset = 1, .busy = 2, .dio0 = -1, .dio1 = 3, .txEnable = -1, .rxEnable = -1 };
	const bool isOpen = loraHalOpen(&hal, &board, &pins, NULL, wake, deliver, NULL);
	hal.wakeAt(hal.context, 0);
	const int woken = wakes;
	loraHalClose(&hal);
	printf("open %d, woken %d, by closing %d, without hardware %d\n", isOpen, woken, wakes - woken, late);
	refuseDevice = true;
	wakes = late = 0;
	const bool isRefused = !loraHalOpen(&hal, &board, &pins, NULL, wake, deliver, NULL);
	printf("refused %d, woken %d, without hardware %d, context %d\n", isRefused, wakes, late, hal.context != NULL);
	return 0;
}
