/* What the board's states were, as text. */
#include <stdarg.h>
#include <stdio.h>

#include "clock.h"
#include "powered.h"

typedef struct {
	char *text;
	size_t room;
	int length;
} Text;

static void add(Text *to, const char *format, ...) {
	va_list arguments;
	va_start(arguments, format);
	to->length += vsnprintf(to->text + to->length, to->room - (size_t)to->length, format, arguments);
	va_end(arguments);
}

/* The last comma of a list that has ended. */
static void endList(Text *to, const char *with) {
	if (to->text[to->length - 1] == ',')
		to->length--;
	add(to, "%s", with);
}

static double seconds(uint64_t from, uint64_t to) {
	return (double)(to - from) / 1e6;
}

/* Without the brace at the end. */
static void addTimes(Text *to, const SimPowerMark *from, const SimPowerMark *until) {
	const SimPowerTimes *a = &from->times, *b = &until->times;
	const uint64_t asleep = b->deep - a->deep + b->off - a->off + b->light - a->light;
	int pin;
	add(to,
		"{\"deepSleep\":%.6f,\"lightSleep\":%.6f,\"active\":%.6f,\"transmit\":%.6f,\"receive\":%.6f,"
		"\"sleeps\":%u,\"resets\":%u,\"powerCuts\":%u,\"pins\":{",
		seconds(a->deep, b->deep), seconds(a->light, b->light), seconds(asleep, until->now - from->now),
		seconds(a->transmit, b->transmit), seconds(a->receive, b->receive), (unsigned)(b->sleeps - a->sleeps),
		(unsigned)(b->resets - a->resets), (unsigned)(b->powerCuts - a->powerCuts));
	for (pin = 0; pin < simPoweredPins; pin++) {
		const SimPinTimes *old = &from->pins[pin], *new = &until->pins[pin];
		if (new->low + new->high)
			add(to, "\"%d\":{\"low\":%.6f,\"high\":%.6f,\"hasFloated\":%s},", pin, seconds(old->low, new->low),
				seconds(old->high, new->high), new->hasFloated ? "true" : "false");
	}
	endList(to, "}");
}

int simPoweredReport(char *text, size_t room) {
	static const SimPowerMark start;
	static SimPowerMark end;
	const SimPowered *powered = simPowered();
	Text to = { text, room, 0 };
	int phase, kind;
	simPoweredMark(&end);
	add(&to, "\"power\":");
	addTimes(&to, &start, &end);
	if (powered->times.sleeps > 1) {
		add(&to, ",\"cycles\":");
		addTimes(&to, &powered->firstSleep, &powered->lastSleep);
		add(&to, "}");
	}
	add(&to, "},\"flashAccesses\":%.0f,\"injected\":{", (double)powered->flashAccesses);
	for (phase = 0; phase < SIM_PHASES; phase++)
		for (kind = 0; kind < SIM_RESETS; kind++)
			if (powered->resets[phase][kind])
				add(&to, "\"%s %s\":%u,", simPhaseNames[phase], simResetNames[kind],
					(unsigned)powered->resets[phase][kind]);
	endList(&to, "}");
	return to.length;
}
