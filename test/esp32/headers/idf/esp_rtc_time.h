#ifndef STAND_IN_ESP_RTC_TIME_H
#define STAND_IN_ESP_RTC_TIME_H

#include <stdint.h>

uint64_t esp_rtc_get_time_us(void);

#endif
