#ifndef STAND_IN_QUEUE_H
#define STAND_IN_QUEUE_H

#include "freertos/FreeRTOS.h"

/* clang-format off: macros are compared with ESP-IDF's by their tokens, and so are prototypes with an attribute's macro */
typedef struct QueueDefinition *QueueHandle_t;

#define queueSEND_TO_BACK ((BaseType_t)0)
#define queueQUEUE_TYPE_MUTEX ((uint8_t)1U)

BaseType_t xQueueGenericSend(QueueHandle_t xQueue, const void *const pvItemToQueue, TickType_t xTicksToWait,
	const BaseType_t xCopyPosition) PRIVILEGED_FUNCTION;
BaseType_t xQueueSemaphoreTake(QueueHandle_t xQueue, TickType_t xTicksToWait) PRIVILEGED_FUNCTION;
QueueHandle_t xQueueCreateMutex(const uint8_t ucQueueType) PRIVILEGED_FUNCTION;
UBaseType_t uxQueueMessagesWaiting(const QueueHandle_t xQueue) PRIVILEGED_FUNCTION;
void vQueueDelete(QueueHandle_t xQueue) PRIVILEGED_FUNCTION;

#endif
