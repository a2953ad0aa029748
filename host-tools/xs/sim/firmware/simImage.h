/* An application's image, as ESP-IDF's boot loader checks it: header, segments, checksum. The SHA-256 that may follow is not looked at. */
#ifndef LOAM_SIM_IMAGE_H
#define LOAM_SIM_IMAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "../flash/simFlash.h"

/* The smallest one: a segment with ESP-IDF's description of the application alone. */
enum { SIM_IMAGE_LEAST = 304 };

void simImageMake(uint8_t image[SIM_IMAGE_LEAST]);

bool simImageIsGood(const SimPartition *partition);

/* Of a good image, as it describes itself; "": it does not. */
const char *simImageVersion(const SimPartition *partition);

#endif
