/*
 * ESP-IDF's boot loader and its over-the-air updates, simulated: the partitions otadata, ota_0 and ota_1 of the simulated flash, with the boot
 * loader's rollback. What runs is this program in any case; the version that it says is that of the image in the slot that was started.
 */
#ifndef LOAM_SIM_OTA_H
#define LOAM_SIM_OTA_H

#include <stdbool.h>
#include <stdint.h>

/* As in otadata. */
enum { SIM_OTA_NEW, SIM_OTA_PENDING, SIM_OTA_VALID, SIM_OTA_INVALID, SIM_OTA_ABORTED };

/* The slot that runs, which the boot loader has chosen when the program began; -1: the flash has no slots. */
int simOtaRunning(void);

/* One of the above; -1: otadata has nothing about the slot. */
int simOtaState(int slot);

/* Of esp_ota_ops.h: begin, of the slot that does not run; end and set_boot_partition; mark_app_valid, mark_app_invalid. False: refused. */
bool simOtaBegin(void);
bool simOtaComplete(void);
bool simOtaMark(int state);

/* Of the running image, "" when the run has begun with it. */
const char *simOtaVersion(void);

/* "running" and "nextota", as the SDK's flash module knows them: names of partitions; other names stay. */
const char *simOtaPartition(const char *name);

#endif
