/*
 * What a platform gives for sleep: memory, a clock and held pins that outlast the program. On the chip esp32/sleepEsp32.c, in
 * simulation host-tools/xs/sim/simSleep.c. A deep sleep ends the program; after it a new one begins, which finds only
 * this memory, this clock and the flash.
 */
#ifndef LOAM_SLEEP_HAL_H
#define LOAM_SLEEP_HAL_H

#include <stdbool.h>
#include <stdint.h>

/* Three areas, each with two copies of a record (retained.h); RTC memory has 8 KB on every ESP32. */
#define SLEEP_RETAINED_BYTES 6272
/* The first is the node's state; at the end are the records of its starts and of its script, each in so many bytes. */
#define SLEEP_SMALL_BYTES 128
#define SLEEP_STATE_BYTES (SLEEP_RETAINED_BYTES - 2 * SLEEP_SMALL_BYTES)

/* Why the program began. The order is that of sleep.ts. */
typedef enum {
	SLEEP_CAUSE_TIMER,     /* the end of a deep sleep */
	SLEEP_CAUSE_POWER,     /* power-on: memory and clock begin anew */
	SLEEP_CAUSE_RESET,     /* by a pin, a debugger */
	SLEEP_CAUSE_WATCHDOG,  /* the program had hung */
	SLEEP_CAUSE_PANIC,     /* the program had crashed, in C or in script */
	SLEEP_CAUSE_BROWN_OUT, /* the supply was too low */
	SLEEP_CAUSES
} SleepCause;

/* Whether sleepHalDeep works here. */
bool sleepHalCanSleep(void);

SleepCause sleepHalCause(void);

/* SLEEP_RETAINED_BYTES, aligned to 4. Deep sleep and resets leave them as they are; after power-on they hold anything. */
uint8_t *sleepHalRetained(void);

/* Microseconds by the RTC since power-on: it runs through deep sleep and resets, and is off by per cents. */
uint64_t sleepHalRtc(void);

/* Ends the program for that long, by the RTC. */
void sleepHalDeep(uint64_t microseconds);

/* Keeps a pin as it is through deep sleep and the start after it, until it is released. */
void sleepHalHold(int32_t pin);
void sleepHalRelease(int32_t pin);

/* The pin stays driven in light sleep: some chips disconnect their pins there. */
void sleepHalKeep(int32_t pin);

/* Until it is called with false: no light sleep, and clocks at their full rate, which a UART's baud is made of. */
void sleepHalAwake(bool isOn);

/* From now on the processor sleeps (light sleep) whenever no task has anything to do. False where that is not built in. */
bool sleepHalLight(void);

#endif
