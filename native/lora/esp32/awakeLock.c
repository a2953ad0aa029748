#include "awakeLock.h"

#include <stddef.h>

void awakeLockCreate(AwakeLock *awake, const char *name) {
	if (esp_pm_lock_create(ESP_PM_NO_LIGHT_SLEEP, 0, name, &awake->lock) != ESP_OK)
		awake->lock = NULL;
}

void awakeLockSet(AwakeLock *awake, bool isWanted) {
	if (!awake->lock || isWanted == awake->isHeld)
		return;
	awake->isHeld = isWanted;
	if (isWanted)
		esp_pm_lock_acquire(awake->lock);
	else
		esp_pm_lock_release(awake->lock);
}

void awakeLockDelete(AwakeLock *awake) {
	awakeLockSet(awake, false);
	if (awake->lock)
		esp_pm_lock_delete(awake->lock);
}
