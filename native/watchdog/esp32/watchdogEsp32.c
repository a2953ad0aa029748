/*
 * watchdogHal.h on ESP-IDF's Task Watchdog Timer. The SDK subscribes the task of the event loop where the firmware has
 * CONFIG_ESP_TASK_WDT_EN (device/sdkconfig); here is what script feeds besides. Both must be fed, or the chip panics and
 * starts again with ESP_RST_TASK_WDT.
 */
#include "sdkconfig.h"
#include "esp_task_wdt.h"

#include "watchdogHal.h"

#if !CONFIG_ESP_TASK_WDT_INIT || !CONFIG_ESP_TASK_WDT_PANIC
	#error "watchdog: sdkconfig needs CONFIG_ESP_TASK_WDT_EN, _INIT and _PANIC (device/sdkconfig)"
#endif

uint32_t watchdogHalTimeout(void) {
	return CONFIG_ESP_TASK_WDT_TIMEOUT_S * 1000;
}

static esp_task_wdt_user_handle_t user;

void watchdogHalStart(void) {
/* At a breakpoint the SDK feeds the watchdog of the event loop, but script feeds nothing. */
#if !defined(mxDebug) || !mxDebug
	if (!user && esp_task_wdt_add_user("loam", &user) != ESP_OK)
		user = NULL;
#endif
}

void watchdogHalFeed(void) {
	if (user)
		esp_task_wdt_reset_user(user);
}
