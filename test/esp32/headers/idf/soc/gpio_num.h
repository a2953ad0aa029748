#ifndef STAND_IN_GPIO_NUM_H
#define STAND_IN_GPIO_NUM_H

typedef enum {
	GPIO_NUM_NC = -1,
	GPIO_NUM_0 = 0,
	GPIO_NUM_MAX,
} gpio_num_t;

#endif
