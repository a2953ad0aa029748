#include "world.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "chip.h"
#include "clock.h"
#include "powered.h"
#include "worldCount.h"
#include "worldHost.h"

/*
 * ESP32-C3 at 160 MHz. 1.06 cycles an instruction: Espressif's 426 ms for person detection are 68 M cycles, for a network of 64 M
 * instructions.
 */
enum { instructionsDividend = 53, instructionsDivisor = 8000 };

static LASTING uint64_t worldInstructions;
static LASTING uint64_t enteredAt;
static LASTING uint64_t metered; /* microseconds of the chip's instructions that the clock has */

/* Of the counter the lower half, which does not come around twice between two entries. Each reading of a register of this kind takes the emulator as long as some fifty instructions. */
static inline uint32_t retired(void) {
	uint32_t low;
	__asm__ volatile("csrr %0, minstret" : "=r"(low));
	return low;
}

uint64_t worldChipInstructions(void) {
	return enteredAt - worldInstructions;
}

/* Of the instructions of the way in and out that are not between the two readings of the counter: the others stay the chip's, as when scriptCosts.h was measured. */
enum { around = 7 };

void worldEntered(uint32_t instructions) {
	enteredAt += (uint32_t)(instructions - (uint32_t)enteredAt);
}

void worldLeft(void) {
	worldInstructions += (uint32_t)(retired() - (uint32_t)enteredAt + around);
}

static uint64_t elapsed(void *context) {
	const uint64_t microseconds =
		(worldChipInstructions() - worldSimulatedInstructions()) * instructionsDividend / instructionsDivisor;
	const uint64_t more = microseconds - metered;
	(void)context;
	metered = microseconds;
	return more;
}

/* QEMU's CLINT counts one step each 100 instructions. 10 ms of the chip. */
enum { timerPeriod = 15094 };
static volatile uint32_t *const timerCompare = (volatile uint32_t *)0x02004000u;
static volatile uint32_t *const timerNow = (volatile uint32_t *)0x0200BFF8u;

static void startTimer(void) {
	uint32_t high, low;
	uint64_t next;
	do {
		high = timerNow[1];
		low = timerNow[0];
	} while (high != timerNow[1]);
	next = ((uint64_t)high << 32 | low) + timerPeriod;
	timerCompare[1] = UINT32_MAX;
	timerCompare[0] = (uint32_t)next;
	timerCompare[1] = (uint32_t)(next >> 32);
}

/* The chip has run for a while: what falls due in that happens now, as an interrupt or a task of higher priority. */
void worldTick(void) {
	simClockNow();
	startTimer();
}

/* Before each start of the chip. */
void worldBegin(void) {
	static LASTING int isRestart;
	const uint64_t before = enteredAt;
	worldEntered(retired());
	worldReadVariables();
	if (isRestart) {
		/* Since the chip left for the world, in which it ended. */
		worldInstructions += enteredAt - before;
		simPoweredBegin();
	} else
		worldInstructions = enteredAt;
	isRestart = 1;
	simClockSetMeter(elapsed, NULL);
	simResetsBegin();
	startTimer();
}

/* How parts of the world end: so does the run, unless it is a deep sleep. */
void _exit(int code) {
	extern void worldRestart(void) __attribute__((noreturn));
	worldCountEnd();
	if (code == SIM_EXIT_AGAIN)
		worldRestart();
	worldHostExit(code);
}

/* Memory that lasts as long as the emulator runs. */
void *simPoweredReserve(size_t bytes, int *isNew) {
	static LASTING int isOld;
	(void)bytes;
	*isNew = !isOld;
	isOld = 1;
	return (void *)0x8A200000u;
}

void *simPoweredPlace(SimPoweredBlock block) {
	return block == SIM_POWERED_RETAINED ? (void *)chipRtcAddress : NULL;
}

void worldWrite(int descriptor, const char *text, size_t length) {
	if (descriptor == 1)
		worldCountText(text, length);
	worldHostWrite(descriptor, text, length);
}

void worldSave(const char *path, const void *bytes, size_t size) {
	FILE *file = fopen(path, "w");
	if (!file || fwrite(bytes, 1, size, file) != size || fclose(file))
		worldExit(74);
}

void worldExit(int code) {
	_exit(code);
}

void worldFault(uint32_t cause, uint32_t at, uint32_t address, uint32_t stack, uint32_t from) {
	static const char *const causes[] = { "instruction address misaligned", "execution outside flash",
		"illegal instruction", "breakpoint", "load address misaligned", "load outside RAM and flash",
		"store address misaligned", "store outside RAM" };
	char line[160];
	const int length = snprintf(line, sizeof line,
		"the chip faults: %s at 0x%08lx, address 0x%08lx, stack 0x%08lx, called from 0x%08lx\n",
		cause < 8 ? causes[cause] : "unknown", (unsigned long)at, (unsigned long)address, (unsigned long)stack,
		(unsigned long)from);
	worldHostWrite(2, line, (size_t)length);
	simPoweredCrash();
	_exit(HOST_EXIT_RESOURCES);
}
