/* XS's platform definitions for the emulated chip: what the SDK defines for the ESP32-C3, without its operating system. */
#ifndef LOAM_CHIP_PLATFORM_H
#define LOAM_CHIP_PLATFORM_H

#pragma GCC diagnostic ignored "-Wclobbered"

#include <ctype.h>
#include <errno.h>
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <sys/time.h>

#define C_PATH_MAX 256

/* The core has neither atomic instructions nor unaligned loads. */
#define mxUnalignedAccess 0
#define mxMisalignedSettersCrash 1

#define mxUseDefaultBuildKeys 1
#define mxUseDefaultParseScript 1
#define mxUseDefaultSharedChunks 1
#define mxUseDefaultCStackLimit 0

#define mxMachinePlatform \
	struct HostScript *script; /* of a script machine; the node's has none */ \
	int promiseJobs; \
	struct HostFunctions *functions; \
	void *waiterCondition; \
	void *waiterData; \
	void *waiterLink;

/* picolibc's trunc clears what is below 2^32 of numbers from 2^64 on. */
static inline double chipTrunc(double number) {
	return number < 0 ? ceil(number) : floor(number);
}
#define c_trunc chipTrunc

#include "deterministic.h"

#endif
