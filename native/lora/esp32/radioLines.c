#include "radioLines.h"

#include <stddef.h>

bool radioLinesOpenOutput(int32_t pin) {
	const gpio_config_t config = { .pin_bit_mask = 1ULL << (pin < 0 ? 0 : pin), .mode = GPIO_MODE_OUTPUT };
	if (pin < 0)
		return true;
	return gpio_config(&config) == ESP_OK && gpio_set_level((gpio_num_t)pin, 0) == ESP_OK;
}

bool radioLinesOpenInput(int32_t pin, gpio_int_type_t interrupt, gpio_isr_t handler, void *context) {
	const gpio_config_t config = {
		.pin_bit_mask = 1ULL << (pin < 0 ? 0 : pin), .mode = GPIO_MODE_INPUT, .intr_type = interrupt
	};
	if (pin < 0)
		return true;
	return gpio_config(&config) == ESP_OK && gpio_isr_handler_add((gpio_num_t)pin, handler, context) == ESP_OK;
}

static void isHigh(void *context) {
	const DioLine *line = context;
	gpio_intr_disable((gpio_num_t)line->pin);
	line->onHigh(line->context);
}

/* Interrupts last, when there is who lowers the line: after a reset the radio may hold it high. */
bool dioOpen(DioLine *line, int32_t pin, void (*onHigh)(void *context), void *context) {
	*line = (DioLine){ LORA_NOT_CONNECTED, onHigh, context };
	if (!radioLinesOpenInput(pin, GPIO_INTR_DISABLE, isHigh, line))
		return false;
	line->pin = pin;
	return pin < 0 || gpio_wakeup_enable((gpio_num_t)pin, GPIO_INTR_HIGH_LEVEL) == ESP_OK;
}

bool dioRearm(const DioLine *line) {
	if (line->pin < 0)
		return true;
	if (gpio_get_level((gpio_num_t)line->pin))
		return false;
	gpio_intr_enable((gpio_num_t)line->pin);
	return true;
}

void dioClose(DioLine *line) {
	if (line->pin < 0)
		return;
	gpio_isr_handler_remove((gpio_num_t)line->pin);
	gpio_wakeup_disable((gpio_num_t)line->pin);
	line->pin = LORA_NOT_CONNECTED;
}

void radioLinesKeep(const LoraPins *pins) {
	const int32_t lines[] = { pins->select, pins->reset, pins->txEnable, pins->rxEnable, pins->busy };
	size_t i;
	for (i = 0; i < sizeof lines / sizeof lines[0]; i++)
		if (lines[i] >= 0)
			gpio_sleep_sel_dis((gpio_num_t)lines[i]);
}
