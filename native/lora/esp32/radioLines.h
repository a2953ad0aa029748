/* The radio's lines other than SPI, on ESP-IDF's GPIO. */
#ifndef LOAM_RADIO_LINES_H
#define LOAM_RADIO_LINES_H

#include <stdbool.h>
#include <stdint.h>

#include "driver/gpio.h"
#include "hal.h"

/* A line that interrupts, and wakes the processor, while it is high: in light sleep an edge would be lost. */
typedef struct {
	int32_t pin; /* LORA_NOT_CONNECTED until it is opened */
	void (*onHigh)(void *context);
	void *context;
} DioLine;

/* For a line that is not connected they do nothing, and have succeeded. */
bool radioLinesOpenOutput(int32_t pin);
bool radioLinesOpenInput(int32_t pin, gpio_int_type_t interrupt, gpio_isr_t handler, void *context);

/* `onHigh` is called in the interrupt, once until `dioRearm` is true. */
bool dioOpen(DioLine *line, int32_t pin, void (*onHigh)(void *context), void *context);
/* After the driver was called. False as long as it has not lowered the line: that would interrupt again and again. */
bool dioRearm(const DioLine *line);
void dioClose(DioLine *line);

/* ESP-IDF isolates all pins of some chips in light sleep: the radio would be reset, or selected. */
void radioLinesKeep(const LoraPins *pins);

#endif
