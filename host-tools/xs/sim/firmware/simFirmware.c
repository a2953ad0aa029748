/* firmwareHal.h on the simulated board. */
#include "../../../../native/firmware/firmwareHal.h"

#include "../powered.h"
#include "simOta.h"

int firmwareHalRunning(void) {
	return simOtaRunning();
}

FirmwareState firmwareHalState(int slot) {
	return (FirmwareState)(simOtaState(slot) + 1);
}

bool firmwareHalConfirm(void) {
	return simOtaMark(SIM_OTA_VALID);
}

bool firmwareHalGiveUp(void) {
	return simOtaMark(SIM_OTA_INVALID);
}

/* esp_restart: of the causes of a reset it is that of a crash, which ends a program in the same way. */
void firmwareHalRestart(void) {
	if (simPoweredRestarts())
		simPoweredReset(SIM_STARTS_CRASHED);
}

const char *firmwareHalVersion(void) {
	const char *version = simOtaVersion();
	return *version ? version : 0;
}
