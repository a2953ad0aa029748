/* Counts the chip's instructions by module, and looks at its memory. */
#ifndef LOAM_WORLD_COUNT_H
#define LOAM_WORLD_COUNT_H

#include <stddef.h>
#include <stdint.h>

/* Retired by the chip so far. */
uint64_t worldChipInstructions(void);
/* Of them: by script that stands for hardware, which takes no time. */
uint64_t worldSimulatedInstructions(void);
/* The program writes this: at the journal's lines, the figures are written to the file LOAM_REPORT. */
void worldCountText(const char *text, size_t length);
/* The radio's driver runs, or no longer: what it takes is not that of the script which it interrupts. */
void worldDriver(int isRunning);
/* The program ends. */
void worldCountEnd(void);

#endif
