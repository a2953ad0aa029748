/* memoryHal.h on the SDK's desktop platform, whose memory is not the chip's: unknown. */
#include "../../../../native/memory/memoryHal.h"

void memoryHalStart(void *machine) {
	(void)machine;
}

uint32_t memoryHalHeapPeak(void *machine) {
	(void)machine;
	return 0;
}

uint32_t memoryHalStackPeak(void *machine) {
	(void)machine;
	return 0;
}
