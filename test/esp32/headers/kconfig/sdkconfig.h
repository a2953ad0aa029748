/* What Kconfig would make; a value of each, as there are on some chip. */
#ifndef STAND_IN_SDKCONFIG_H
#define STAND_IN_SDKCONFIG_H

#define CONFIG_ESP_DEFAULT_CPU_FREQ_MHZ 160
#define CONFIG_ESP_TASK_WDT_INIT 1
#define CONFIG_ESP_TASK_WDT_PANIC 1
#define CONFIG_ESP_TASK_WDT_TIMEOUT_S 20

#endif
