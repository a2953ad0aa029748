/* sleepHal.h on the simulated board. */
#include "../../../native/sleep/sleepHal.h"

#include <stdlib.h>

#include "clock.h"
#include "powered.h"

bool sleepHalCanSleep(void) {
	return simPoweredRestarts();
}

SleepCause sleepHalCause(void) {
	return (SleepCause)simPowered()->cause;
}

uint8_t *sleepHalRetained(void) {
	int isNew, i;
	uint8_t *memory;
	simResetsHere(SIM_PHASE_RETAIN);
	memory = simPoweredMemory(SIM_POWERED_RETAINED, SLEEP_RETAINED_BYTES, &isNew);
	/* As after power-on: anything. */
	if (isNew)
		for (i = 0; i < SLEEP_RETAINED_BYTES; i++)
			memory[i] = (uint8_t)(i * 167 + (i >> 3) * 59);
	return memory;
}

uint64_t sleepHalRtc(void) {
	const SimPowered *powered = simPowered();
	return (uint64_t)((double)(simClockNow() - powered->rtcZero) * (1 + powered->rtcPpm / 1e6));
}

void sleepHalDeep(uint64_t microseconds) {
	simPoweredSleep(microseconds);
}

void sleepHalHold(int32_t pin) {
	simPowered()->held[pin % simPoweredPins] = 1;
}

void sleepHalRelease(int32_t pin) {
	SimPowered *powered = simPowered();
	pin %= simPoweredPins;
	powered->held[pin] = 0;
	if (powered->pins[pin].isDriven)
		simPoweredDrive(pin, powered->driven[pin]);
}

void sleepHalKeep(int32_t pin) {
	simPowered()->kept[pin % simPoweredPins] = 1;
}

void sleepHalAwake(bool isOn) {
	simClockKeepAwake(SIM_AWAKE_PROGRAM, isOn);
}

/* Simulated time in which nothing runs is light sleep in any case. */
bool sleepHalLight(void) {
	return true;
}
