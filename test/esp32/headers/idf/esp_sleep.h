#ifndef STAND_IN_ESP_SLEEP_H
#define STAND_IN_ESP_SLEEP_H

#include <stdint.h>

#include "esp_err.h"

typedef enum {
	ESP_SLEEP_WAKEUP_ALL,
} esp_sleep_source_t;

esp_err_t esp_sleep_disable_wakeup_source(esp_sleep_source_t);
esp_err_t esp_sleep_enable_timer_wakeup(uint64_t);
esp_err_t esp_sleep_enable_gpio_wakeup(void);
void esp_deep_sleep_start(void) __attribute__((__noreturn__));

#endif
