/* What the board's states were, as text. */
#include <stdio.h>

#include "clock.h"
#include "powered.h"

int simPoweredReport(char *text, size_t room) {
	const SimPowered *powered = simPowered();
	const SimPowerTimes *times = &powered->times;
	const uint64_t end = simClockNow(), light = times->light + simClockIdle();
	int phase, kind;
	int length = snprintf(text, room,
		"\"power\":{\"deepSleep\":%.6f,\"lightSleep\":%.6f,\"active\":%.6f,\"transmit\":%.6f,\"receive\":%.6f,"
		"\"sleeps\":%u,\"resets\":%u,\"powerCuts\":%u},\"flashAccesses\":%.0f,\"injected\":{",
		(double)times->deep / 1e6, (double)light / 1e6, (double)(end - times->deep - times->off - light) / 1e6,
		(double)times->transmit / 1e6, (double)times->receive / 1e6, (unsigned)times->sleeps, (unsigned)times->resets,
		(unsigned)times->powerCuts, (double)powered->flashAccesses);
	for (phase = 0; phase < SIM_PHASES; phase++)
		for (kind = 0; kind < SIM_RESETS; kind++)
			if (powered->resets[phase][kind])
				length += snprintf(text + length, room - (size_t)length, "\"%s %s\":%u,", simPhaseNames[phase],
					simResetNames[kind], (unsigned)powered->resets[phase][kind]);
	if (text[length - 1] == ',')
		length--;
	return length + snprintf(text + length, room - (size_t)length, "}");
}
