/* powered.h and sleepHal.h on the SDK's desktop platform: a program there is not started again, so it has no deep sleep. */
#include "powered.h"

#include <stdlib.h>
#include <unistd.h>

#include "../../../../native/sleep/sleepHal.h"
#include "clock.h"

SimPowered *simPowered(void) {
	static SimPowered powered = { .cause = SIM_STARTS_POWERED };
	return &powered;
}

void *simPoweredMemory(SimPoweredBlock number, size_t bytes, int *isNew) {
	static void *blocks[SIM_POWERED_BLOCKS];
	*isNew = !blocks[number];
	if (*isNew)
		blocks[number] = calloc(1, bytes);
	return blocks[number];
}

int simPoweredRestarts(void) {
	return 0;
}

void simPoweredCut(uint64_t offMicroseconds) {
	(void)offMicroseconds;
	_exit(0);
}

void simResetsWithin(SimPhase phase, uint64_t microseconds) {
	(void)phase;
	(void)microseconds;
}

uint64_t simResetsFlash(double *fraction) {
	(void)fraction;
	return 0;
}

void simResetsNow(void) {
}

bool sleepHalCanSleep(void) {
	return false;
}

SleepCause sleepHalCause(void) {
	return SLEEP_CAUSE_POWER;
}

uint8_t *sleepHalRetained(void) {
	static uint32_t retained[SLEEP_RETAINED_BYTES / 4];
	return (uint8_t *)retained;
}

uint64_t sleepHalRtc(void) {
	return simClockNow();
}

void sleepHalDeep(uint64_t microseconds) {
	(void)microseconds;
}

void sleepHalHold(int32_t pin) {
	(void)pin;
}

void sleepHalRelease(int32_t pin) {
	(void)pin;
}

void sleepHalKeep(int32_t pin) {
	(void)pin;
}

void simPoweredDrive(int pin, int level) {
	simPowered()->levels[pin] = (uint8_t)level;
}

bool sleepHalLight(void) {
	return true;
}
