/*
 * The two slots of flash that a firmware runs in, as a platform gives them: on the chip esp32/firmwareEsp32.c, in simulation
 * host-tools/xs/sim/simFirmware.c. A new firmware is written into the slot that does not run by the SDK's module embedded:update.
 */
#ifndef LOAM_FIRMWARE_HAL_H
#define LOAM_FIRMWARE_HAL_H

#include <stdbool.h>

/* What the boot loader knows of a slot. The order is that of firmware.ts. */
typedef enum {
	FIRMWARE_UNKNOWN, /* nothing: it was never chosen, or is written now */
	FIRMWARE_NEW,     /* chosen, and runs after the next reset */
	FIRMWARE_PENDING, /* it has been started once; after the next reset but a deep sleep's end it is the other one's turn */
	FIRMWARE_VALID,   /* it has confirmed itself */
	FIRMWARE_INVALID, /* it has given itself up */
	FIRMWARE_ABORTED  /* it was reset before it confirmed itself */
} FirmwareState;

/* The slot that runs, 0 or 1; -1: there are none. */
int firmwareHalRunning(void);

FirmwareState firmwareHalState(int slot);

/* What runs is good. False when flash failed. */
bool firmwareHalConfirm(void);

/* What runs is not: the other one is started after the next reset. False when there is none that could be. */
bool firmwareHalGiveUp(void);

/* A reset, after which the boot loader chooses. RTC memory stays. */
void firmwareHalRestart(void);

/* The version that the running image says, which lasts; NULL where it is the manifest's. */
const char *firmwareHalVersion(void);

#endif
