/* Sleep on ESP-IDF: deep sleep by the RTC timer, RTC memory, held pads, automatic light sleep. */
#include "sdkconfig.h"
#include "driver/gpio.h"
#include "esp_attr.h"
#include "esp_clk_tree.h"
#include "esp_pm.h"
#include "esp_rtc_time.h"
#include "esp_sleep.h"
#include "esp_system.h"
#include "soc/soc_caps.h"

#include "sleepHal.h"

/* Not initialized at a start: RTC_DATA_ATTR would be, at every start but that after a deep sleep. */
static RTC_NOINIT_ATTR uint32_t retained[SLEEP_RETAINED_BYTES / sizeof(uint32_t)];

bool sleepHalCanSleep(void) {
	return true;
}

SleepCause sleepHalCause(void) {
	switch (esp_reset_reason()) {
	case ESP_RST_DEEPSLEEP:
		return SLEEP_CAUSE_TIMER;
	case ESP_RST_POWERON:
		return SLEEP_CAUSE_POWER;
	case ESP_RST_INT_WDT:
	case ESP_RST_TASK_WDT:
	case ESP_RST_WDT:
		return SLEEP_CAUSE_WATCHDOG;
	case ESP_RST_PANIC:
	case ESP_RST_CPU_LOCKUP:
	case ESP_RST_SW: /* XS restarts the chip when nothing catches an exception, and when its memory is full */
		return SLEEP_CAUSE_PANIC;
	case ESP_RST_BROWNOUT:
	case ESP_RST_PWR_GLITCH:
		return SLEEP_CAUSE_BROWN_OUT;
	default:
		return SLEEP_CAUSE_RESET;
	}
}

uint8_t *sleepHalRetained(void) {
	return (uint8_t *)retained;
}

uint64_t sleepHalRtc(void) {
	return esp_rtc_get_time_us();
}

void sleepHalDeep(uint64_t microseconds) {
	/* The radio's lines wake from light sleep only. */
	esp_sleep_disable_wakeup_source(ESP_SLEEP_WAKEUP_ALL);
	esp_sleep_enable_timer_wakeup(microseconds);
	esp_deep_sleep_start();
}

/* A pad of the RTC is held by itself, a digital one only with the switch for all of them as well. */
void sleepHalHold(int32_t pin) {
	gpio_hold_en((gpio_num_t)pin);
#if !SOC_GPIO_SUPPORT_HOLD_SINGLE_IO_IN_DSLP
	gpio_deep_sleep_hold_en();
#endif
}

void sleepHalRelease(int32_t pin) {
	gpio_hold_dis((gpio_num_t)pin);
}

/* ESP-IDF isolates all pins in light sleep where it works around a reset of the chip by static (ESP_SLEEP_GPIO_RESET_WORKAROUND). */
void sleepHalKeep(int32_t pin) {
	gpio_sleep_sel_dis((gpio_num_t)pin);
}

void sleepHalAwake(bool isOn) {
	static esp_pm_lock_handle_t lock;
	static bool isHeld;
	/* Fails without power management, where nothing has to be locked. */
	if (isOn == isHeld || (!lock && esp_pm_lock_create(ESP_PM_APB_FREQ_MAX, 0, "loam", &lock) != ESP_OK))
		return;
	isHeld = isOn;
	if (isOn)
		esp_pm_lock_acquire(lock);
	else
		esp_pm_lock_release(lock);
}

bool sleepHalLight(void) {
#if defined(mxDebug) && mxDebug
	/* The debugger's serial line would lose what arrives in a sleep. */
	return false;
#else
	/* CONFIG_XTAL_FREQ is 0 where the crystal is measured at the start, as on the ESP32 in the SDK's configuration. */
	uint32_t crystal;
	if (esp_clk_tree_src_get_freq_hz(SOC_MOD_CLK_XTAL, ESP_CLK_TREE_SRC_FREQ_PRECISION_CACHED, &crystal) != ESP_OK)
		return false;
	const esp_pm_config_t config = { .max_freq_mhz = CONFIG_ESP_DEFAULT_CPU_FREQ_MHZ,
		.min_freq_mhz = (int)(crystal / 1000000),
		.light_sleep_enable = true };
	return esp_pm_configure(&config) == ESP_OK;
#endif
}
