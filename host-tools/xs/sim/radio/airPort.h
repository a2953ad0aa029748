/* The air of a host program: a medium in Node (host-tools/air), joined by JSON lines on file descriptors 3 and 4. */
#ifndef LOAM_AIR_PORT_H
#define LOAM_AIR_PORT_H

#include "simAir.h"

/* Without somebody at the other end the air is empty: nothing is heard, and what is sent is lost. */
const SimAir *airPortOpen(void);
/* Where a chip's noise begins: the air draws it from its seed, the node's name and the time of its start. Call after airPortOpen. */
uint32_t airPortNoise(void);

#endif
