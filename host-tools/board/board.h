/* What the emulated boards have in common; each has its own file beside this one. */
#ifndef LOAM_BOARD_H
#define LOAM_BOARD_H

#include <stdint.h>

/* Called by the board's start-up code. */
void boardMain(void);
/* A trap means a bug in the engine or the harness: reports its address and ends. */
void boardTrap(uint32_t cause, uint32_t address);
/* Ends the emulation. */
void boardEnd(void);

#endif
