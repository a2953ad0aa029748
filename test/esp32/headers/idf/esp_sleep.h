#ifndef STAND_IN_ESP_SLEEP_H
#define STAND_IN_ESP_SLEEP_H

#include <stdint.h>

#include "esp_err.h"

esp_err_t esp_sleep_enable_timer_wakeup(uint64_t);
void esp_deep_sleep_start(void) __attribute__((__noreturn__));

#endif
