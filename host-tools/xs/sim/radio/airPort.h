/* The air of a host program: a medium in Node (host-tools/air), joined by JSON lines on file descriptors 3 and 4. */
#ifndef LOAM_AIR_PORT_H
#define LOAM_AIR_PORT_H

#include "simAir.h"

/* Without a medium the air is empty: nothing is received, and what is sent is lost. */
const SimAir *airPortOpen(void);
/* Seed of a chip's noise: derived from the air's seed, the node's name and the time of its start. Call after airPortOpen. */
uint32_t airPortNoise(void);

#endif
