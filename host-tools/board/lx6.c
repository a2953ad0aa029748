/*
 * QEMU's Xtensa `sim` board, with a core that has what an ESP32's has and Debian's compiler for LX106 does not know: counter, text,
 * end.
 */
#include "board.h"
#include "harness.h"

/* The simulator's calls, of the Xtensa ISS: operation, then its arguments. */
enum { callExit = 1, callWrite = 4 };
static void simulatorCall(int32_t operation, int32_t first, const void *second, int32_t third) {
	register int32_t a2 __asm__("a2") = operation;
	register int32_t a3 __asm__("a3") = first;
	register const void *a4 __asm__("a4") = second;
	register int32_t a5 __asm__("a5") = third;
	__asm__ volatile(".byte 0x00, 0x51, 0x00" : "+r"(a2), "+r"(a3) : "r"(a4), "r"(a5) : "memory");
}

/* CCOUNT, which runs at the emulator's clock: at -icount shift=6 it is one higher after each instruction. */
uint64_t harnessCounter(void) {
	static uint32_t high, last;
	uint32_t now;
	__asm__ volatile("rsr %0, ccount" : "=r"(now));
	high += now < last;
	last = now;
	return ((uint64_t)high << 32) | now;
}

void harnessPut(char letter) {
	static char line[256];
	static int32_t length;
	line[length++] = letter;
	if ((letter == '\n') || (length == (int32_t)sizeof(line))) {
		simulatorCall(callWrite, 1, line, length);
		length = 0;
	}
}

void boardEnd(void) {
	for (;;)
		simulatorCall(callExit, 0, 0, 0);
}
