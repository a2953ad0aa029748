#ifndef TASKS_IDF_H
#define TASKS_IDF_H

#include <stdbool.h>

/* The SPI driver has no room for another device: the radio cannot be opened. */
extern bool refuseDevice;

#endif
