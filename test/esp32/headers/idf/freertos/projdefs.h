#ifndef STAND_IN_PROJDEFS_H
#define STAND_IN_PROJDEFS_H

/* clang-format off: macros are compared with ESP-IDF's by their tokens */
typedef void (*TaskFunction_t)(void *);

#define pdFALSE ((BaseType_t)0)
#define pdTRUE ((BaseType_t)1)
#define pdPASS (pdTRUE)

#endif
