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

/* No resets are injected here: the world's parts have the real ones of resets.c, which does nothing without LOAM_RESETS. */
void simResetsHere(SimPhase phase) {
	(void)phase;
}

uint64_t simResetsFlash(double *fraction) {
	(void)fraction;
	return 0;
}

void simResetsNow(void) {
}
