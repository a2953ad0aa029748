/* A node's own figures in xsbug's graph: on the chip esp32/instrumentsEsp32.c, in simulation host-tools/xs/platform/instruments.c. */
#ifndef LOAM_INSTRUMENTS_HAL_H
#define LOAM_INSTRUMENTS_HAL_H

#include <stdint.h>

/* In the order of instruments.ts. */
enum {
	INSTRUMENT_ARENA_USED,
	INSTRUMENT_ARENA_AVAILABLE,
	INSTRUMENT_OUTBOX_WAITING,
	INSTRUMENT_CONFIDENCE,
	INSTRUMENT_WINDOW_TIME,
	INSTRUMENT_COUNT
};

/* Name and unit, as xsbug shows them. After " / " it shows the next one on the same line. */
#define INSTRUMENT_LIST \
	{ "Arena used", " / " }, { "Arena available", " bytes" }, { "Outbox waiting", " payloads" }, \
		{ "Last confidence", " percent" }, { \
		"Window time", " ms" \
	}

/* `machine`: XS's. */
void instrumentsHalStart(void *machine);
void instrumentsHalSet(unsigned which, int32_t value);

#endif
