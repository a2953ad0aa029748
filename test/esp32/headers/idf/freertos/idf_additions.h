#ifndef STAND_IN_IDF_ADDITIONS_H
#define STAND_IN_IDF_ADDITIONS_H

#include "freertos/FreeRTOS.h"
#include "freertos/task.h"

BaseType_t xTaskCreatePinnedToCore(
	TaskFunction_t, const char *const, const uint32_t, void *const, UBaseType_t, TaskHandle_t *const, const BaseType_t);

#endif
