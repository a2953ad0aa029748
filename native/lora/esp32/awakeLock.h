/* A lock against light sleep, in which an edge of a line is lost. Without power management in the firmware it does nothing. */
#ifndef LOAM_AWAKE_LOCK_H
#define LOAM_AWAKE_LOCK_H

#include <stdbool.h>
#include "esp_pm.h"

typedef struct {
	esp_pm_lock_handle_t lock; /* NULL without power management */
	bool isHeld;
} AwakeLock;

void awakeLockCreate(AwakeLock *awake, const char *name);
void awakeLockSet(AwakeLock *awake, bool isWanted);
void awakeLockDelete(AwakeLock *awake);

#endif
