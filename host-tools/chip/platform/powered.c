/* What of the simulated board is the chip's own: the RTC memory. simSleep.c uses it. */
#include "chip.h"
#include "powered.h"

void *simPoweredMemory(SimPoweredBlock block, size_t bytes, int *isNew) {
	extern int worldRetained(void);
	(void)block;
	(void)bytes;
	*isNew = worldRetained();
	return (void *)chipRtcAddress;
}
