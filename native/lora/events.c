#include "events.h"

#include <string.h>

void loraEventsPut(LoraEvents *events, const LoraEvent *event) {
	const uint32_t at = (events->first + events->count) % LORA_EVENTS_WAITING;
	if (events->count == LORA_EVENTS_WAITING)
		return;
	events->count++;
	events->waiting[at].event = *event;
	if (event->payload)
		memcpy(events->waiting[at].payload, event->payload, event->bytes);
}

bool loraEventsTake(LoraEvents *events, uint32_t ticket, LoraEvent *event, uint8_t *payload) {
	while (events->count) {
		const uint32_t at = events->first;
		events->first = (at + 1) % LORA_EVENTS_WAITING;
		events->count--;
		if (events->waiting[at].event.ticket != ticket)
			continue; /* of an operation that was cancelled meanwhile */
		*event = events->waiting[at].event;
		if (event->payload) {
			memcpy(payload, events->waiting[at].payload, event->bytes);
			event->payload = payload;
		}
		return true;
	}
	return false;
}
