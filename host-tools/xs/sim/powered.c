#include "powered.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"

/* Address space; pages that are not used take no memory. */
static const size_t reserved = (size_t)64 << 20;
static const size_t alignment = 64;
/* The boot loader and the start of the firmware, measured on an emulated ESP32: microseconds. */
static const uint64_t bootTime = 300000;

typedef struct {
	size_t offset, bytes;
	uint32_t powerCuts; /* of times.powerCuts when it was made */
} Block;

/* At the start of the shared memory. */
typedef struct {
	SimPowered powered;
	Block blocks[SIM_POWERED_BLOCKS];
	size_t used;
} Board;

static Board *board;
static int restarts;
static void (*atEnd)(void);

static Board *theBoard(void) {
	int isNew;
	if (board)
		return board;
	board = simPoweredReserve(reserved, &isNew);
	if (!board) {
		fprintf(stderr, "no memory for the simulated board\n");
		_exit(70);
	}
	if (isNew) {
		board->used = sizeof(Board);
		board->powered.cause = SIM_STARTS_POWERED;
		board->powered.rtcPpm = getenv("LOAM_RTC_PPM") ? strtod(getenv("LOAM_RTC_PPM"), NULL) : 0;
	}
	return board;
}

SimPowered *simPowered(void) {
	return &theBoard()->powered;
}

void *simPoweredMemory(SimPoweredBlock number, size_t bytes, int *isNew) {
	Board *it = theBoard();
	Block *block = &it->blocks[number];
	if (!block->bytes) {
		uint8_t *place = simPoweredPlace(number);
		block->offset = place ? (size_t)(place - (uint8_t *)it) : (it->used + alignment - 1) / alignment * alignment;
		block->bytes = bytes;
		if (!place)
			it->used = block->offset + bytes;
		block->powerCuts = it->powered.times.powerCuts;
		*isNew = 1;
	} else {
		*isNew = number != SIM_POWERED_FLASH && block->powerCuts != it->powered.times.powerCuts;
		if (*isNew)
			memset((uint8_t *)it + block->offset, 0, block->bytes);
		block->powerCuts = it->powered.times.powerCuts;
	}
	if (bytes > block->bytes || it->used > reserved) {
		fprintf(stderr, "the simulated board has no %zu bytes\n", bytes);
		_exit(70);
	}
	return (uint8_t *)it + block->offset;
}

int simPoweredRestarts(void) {
	return restarts;
}

void simPoweredAllowRestarts(void) {
	restarts = 1;
	theBoard();
}

void simPoweredAtEnd(void (*call)(void)) {
	atEnd = call;
}

static void settle(int pin) {
	SimPinTimes *times = &simPowered()->pins[pin];
	const uint64_t now = simClockNow();
	if (times->isDriven && simPowered()->levels[pin])
		times->high += now - times->since;
	else if (times->isDriven)
		times->low += now - times->since;
	times->since = now;
}

static void settleAll(void) {
	int pin;
	for (pin = 0; pin < simPoweredPins; pin++)
		settle(pin);
}

void simPoweredMark(SimPowerMark *mark) {
	const SimPowered *powered = simPowered();
	settleAll();
	mark->now = simClockNow();
	mark->times = powered->times;
	mark->times.light += simClockIdle();
	memcpy(mark->pins, powered->pins, sizeof mark->pins);
}

void simPoweredDrive(int pin, int level) {
	SimPowered *powered = simPowered();
	settle(pin);
	powered->pins[pin].isDriven = 1;
	powered->driven[pin] = (uint8_t)level;
	if (!powered->held[pin])
		powered->levels[pin] = (uint8_t)level;
}

/* The program ends, and with it what it drives, but for pads that are held: the others float. */
static void releasePins(void) {
	SimPowered *powered = simPowered();
	int pin;
	settleAll();
	for (pin = 0; pin < simPoweredPins; pin++) {
		powered->pins[pin].isDriven &= powered->held[pin];
		powered->levels[pin] &= powered->held[pin];
		powered->driven[pin] = powered->kept[pin] = 0;
	}
}

static void end(int cause, uint64_t pause) __attribute__((noreturn));

static void end(int cause, uint64_t pause) {
	SimPowered *powered = simPowered();
	if (atEnd)
		atEnd();
	releasePins();
	powered->times.light += simClockIdle();
	powered->now = simClockNow() + pause;
	powered->date = simClockDate() + (double)pause / 1000.0;
	powered->cause = cause;
	fflush(NULL);
	/* Not exit(): nothing of the program may run any more. */
	_exit(SIM_EXIT_AGAIN);
}

void simPoweredSleep(uint64_t microseconds) {
	SimPowered *powered = simPowered();
	/* A fast RTC wakes the chip early, and the chip's time of day follows the RTC meanwhile. */
	uint64_t lasts = (uint64_t)((double)microseconds / (1 + powered->rtcPpm / 1e6)), reset;
	int pin;
	simResetsHere(SIM_PHASE_FALLING_ASLEEP);
	simPoweredMark(powered->times.sleeps ? &powered->lastSleep : &powered->firstSleep);
	for (pin = 0; pin < simPoweredPins; pin++) {
		SimPinTimes *times = &powered->pins[pin];
		times->hasFloated |= times->isDriven && !(powered->kept[pin] && powered->held[pin]);
	}
	releasePins();
	reset = simResetsAsleep(lasts);
	if (reset < lasts) {
		simClockBegin(simClockNow() + reset, simClockDate() + (double)reset / 1000.0);
		powered->times.deep += reset;
		simResetsNow();
	}
	powered->times.deep += lasts;
	powered->times.sleeps++;
	simClockSetEpoch(simClockDate() + ((double)microseconds - (double)lasts) / 1000.0);
	end(SIM_STARTS_WOKEN, lasts);
}

void simPoweredReset(int cause) {
	simPowered()->times.resets++;
	end(cause, 0);
}

void simPoweredCrash(void) {
	const char *option = getenv("LOAM_CRASH");
	if (option && !strcmp(option, "restart") && restarts)
		simPoweredReset(SIM_STARTS_CRASHED);
}

void simPoweredCut(uint64_t offMicroseconds) {
	SimPowered *powered = simPowered();
	powered->times.powerCuts++;
	powered->times.off += offMicroseconds;
	settleAll();
	memset(powered->levels, 0, sizeof powered->levels);
	memset(powered->held, 0, sizeof powered->held);
	simClockSetEpoch(0);
	powered->rtcZero = simClockNow() + offMicroseconds;
	end(SIM_STARTS_POWERED, offMicroseconds);
}

void simPoweredBegin(void) {
	SimPowered *powered = simPowered();
	powered->starts++;
	simClockBegin(powered->now + bootTime, powered->date + (double)bootTime / 1000.0);
	powered->startedAt = powered->now;
}
