#ifndef STAND_IN_ESP_PM_H
#define STAND_IN_ESP_PM_H

#include <stdbool.h>

#include "esp_err.h"

typedef struct {
	int max_freq_mhz;
	int min_freq_mhz;
	bool light_sleep_enable;
} esp_pm_config_t;

typedef enum { ESP_PM_CPU_FREQ_MAX, ESP_PM_APB_FREQ_MAX, ESP_PM_NO_LIGHT_SLEEP } esp_pm_lock_type_t;
typedef struct esp_pm_lock *esp_pm_lock_handle_t;

esp_err_t esp_pm_configure(const void *);
esp_err_t esp_pm_lock_create(esp_pm_lock_type_t, int, const char *, esp_pm_lock_handle_t *);
esp_err_t esp_pm_lock_acquire(esp_pm_lock_handle_t);
esp_err_t esp_pm_lock_release(esp_pm_lock_handle_t);
esp_err_t esp_pm_lock_delete(esp_pm_lock_handle_t);

#endif
