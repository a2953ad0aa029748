#ifndef STAND_IN_FREERTOS_H
#define STAND_IN_FREERTOS_H

#include <stddef.h>
#include <stdint.h>

#include "freertos/projdefs.h"
#include "freertos/portmacro.h"

#define PRIVILEGED_FUNCTION
#define traceISR_EXIT_TO_SCHEDULER()

#endif
