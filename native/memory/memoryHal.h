/* Peaks of XS's memory, as a platform knows them: on the chip esp32/memoryEsp32.c, in simulation host-tools/xs/platform/memory.c. */
#ifndef LOAM_MEMORY_HAL_H
#define LOAM_MEMORY_HAL_H

#include <stdint.h>

/* `machine`: XS's. Its internals have other names in xs.h than in xsAll.h. */
void memoryHalStart(void *machine);

/* Slots and chunks since the start, bytes. */
uint32_t memoryHalHeapPeak(void *machine);

/* Slots of the stack since the start. */
uint32_t memoryHalStackPeak(void *machine);

#endif
