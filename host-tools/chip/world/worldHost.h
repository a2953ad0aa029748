/* The machine that runs the emulator, by semihosting. */
#ifndef LOAM_WORLD_HOST_H
#define LOAM_WORLD_HOST_H

#include <stddef.h>

/* Descriptor 1 or 2. */
void worldHostWrite(int descriptor, const char *text, size_t length);
void worldHostExit(int code) __attribute__((noreturn));

#endif
