/* firmwareHal.h on ESP-IDF's over-the-air updates, with its boot loader's rollback (device/sdkconfig). */
#include "sdkconfig.h"
/* The SDK's makefile has ESP-IDF's components in its include path, but not this one's headers. */
#include "app_update/include/esp_ota_ops.h"
#include "esp_system.h"

#include "firmwareHal.h"

#if !CONFIG_BOOTLOADER_APP_ROLLBACK_ENABLE || !CONFIG_BOOTLOADER_SKIP_VALIDATE_IN_DEEP_SLEEP
	#error \
		"firmware: sdkconfig needs CONFIG_BOOTLOADER_APP_ROLLBACK_ENABLE and _SKIP_VALIDATE_IN_DEEP_SLEEP (device/sdkconfig)"
#endif

static const esp_partition_t *slotAt(int slot) {
	const esp_partition_subtype_t subtype = slot ? ESP_PARTITION_SUBTYPE_APP_OTA_1 : ESP_PARTITION_SUBTYPE_APP_OTA_0;
	return esp_partition_find_first(ESP_PARTITION_TYPE_APP, subtype, NULL);
}

int firmwareHalRunning(void) {
	const esp_partition_t *running = esp_ota_get_running_partition();
	if (running == slotAt(0))
		return 0;
	return running == slotAt(1) ? 1 : -1;
}

FirmwareState firmwareHalState(int slot) {
	esp_ota_img_states_t state;
	if (esp_ota_get_state_partition(slotAt(slot), &state) != ESP_OK)
		return FIRMWARE_UNKNOWN;
	switch (state) {
	case ESP_OTA_IMG_NEW:
		return FIRMWARE_NEW;
	case ESP_OTA_IMG_PENDING_VERIFY:
		return FIRMWARE_PENDING;
	case ESP_OTA_IMG_VALID:
		return FIRMWARE_VALID;
	case ESP_OTA_IMG_INVALID:
		return FIRMWARE_INVALID;
	case ESP_OTA_IMG_ABORTED:
		return FIRMWARE_ABORTED;
	default:
		return FIRMWARE_UNKNOWN;
	}
}

bool firmwareHalConfirm(void) {
	return esp_ota_mark_app_valid_cancel_rollback() == ESP_OK;
}

bool firmwareHalGiveUp(void) {
	return esp_ota_mark_app_invalid_rollback() == ESP_OK;
}

/* No deep sleep: after one the boot loader would go on with what ran before it, and RTC memory would not hold what the other image wants there. */
void firmwareHalRestart(void) {
	esp_restart();
}

const char *firmwareHalVersion(void) {
	return NULL;
}
