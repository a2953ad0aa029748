#ifndef STAND_IN_GPIO_TYPES_H
#define STAND_IN_GPIO_TYPES_H

#include "soc/gpio_num.h"

typedef enum {
	GPIO_INTR_DISABLE,
	GPIO_INTR_POSEDGE,
	GPIO_INTR_NEGEDGE,
	GPIO_INTR_HIGH_LEVEL,
} gpio_int_type_t;

typedef enum {
	GPIO_MODE_INPUT,
	GPIO_MODE_OUTPUT,
} gpio_mode_t;

typedef enum {
	GPIO_PULLUP_ENABLE,
} gpio_pullup_t;

typedef enum {
	GPIO_PULLDOWN_ENABLE,
} gpio_pulldown_t;

typedef enum {
	GPIO_PULLUP_ONLY,
	GPIO_PULLDOWN_ONLY,
} gpio_pull_mode_t;

#endif
