/*
 * What the driver's task reports, until script takes it. Put and take under the HAL's lock.
 */
#ifndef LOAM_LORA_EVENTS_H
#define LOAM_LORA_EVENTS_H

#include "lora.h"

/* A transmission with its windows reports three events; of endless reception, packets that find no room are lost. */
#define LORA_EVENTS_WAITING 4

typedef struct {
	struct {
		LoraEvent event;
		uint8_t payload[LORA_LARGEST_PACKET];
	} waiting[LORA_EVENTS_WAITING];
	uint32_t first, count;
} LoraEvents;

void loraEventsPut(LoraEvents *events, const LoraEvent *event);

/* Takes the oldest of this ticket, and drops older ones of others. `payload`: room for the largest packet. False when there is none. */
bool loraEventsTake(LoraEvents *events, uint32_t ticket, LoraEvent *event, uint8_t *payload);

#endif
