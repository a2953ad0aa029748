/*
 * The harness on QEMU's RISC-V `virt` board, without an operating system. The emulator's loader puts a request, the model
 * and the inputs at fixed addresses, as a programmer would put them in flash; text is written to the serial port.
 */
#include "harness.h"

/* hw/riscv/virt.c of QEMU: a 16550 UART, and a device that ends the emulation. */
#define uartData (*(volatile uint8_t *)0x10000000u)
#define uartStatus (*(volatile uint8_t *)0x10000005u)
#define uartReady 0x20u
#define testFinisher (*(volatile uint32_t *)0x00100000u)
#define testPass 0x5555u

typedef struct {
	uint32_t modelBytes, arenaBytes, inputBytes, runs, trace;
} BoardRequest;

/* Where index.ts has the loader put them. */
#define boardRequest ((const BoardRequest *)0x84000000u)
#define boardModel ((const uint8_t *)0x85000000u)
#define boardInputs ((const uint8_t *)0x86000000u)
#define boardArena ((uint8_t *)0x87000000u)

uint64_t harnessCounter(void) {
	uint32_t low, high, again;
	do {
		__asm__ volatile("csrr %0, minstreth\n\tcsrr %1, minstret\n\tcsrr %2, minstreth"
						 : "=r"(high), "=r"(low), "=r"(again));
	} while (high != again);
	return ((uint64_t)high << 32) | low;
}

void harnessPut(char letter) {
	while (!(uartStatus & uartReady)) {
	}
	uartData = (uint8_t)letter;
}

void boardMain(void) {
	HarnessRequest request;

	request.model = boardModel;
	request.modelBytes = boardRequest->modelBytes;
	request.arena = boardArena;
	request.arenaBytes = boardRequest->arenaBytes;
	request.inputs = boardInputs;
	request.inputBytes = boardRequest->inputBytes;
	request.runs = boardRequest->runs;
	request.trace = boardRequest->trace;
	harnessRun(&request);
	testFinisher = testPass;
	for (;;) {
	}
}

/* A trap means a bug in the engine or the harness: report its address and end. */
void boardTrap(uint32_t cause, uint32_t address) {
	static const char digits[] = "0123456789abcdef";
	const char *text = "trap ";
	int shift;
	while (*text)
		harnessPut(*text++);
	harnessPut(digits[cause & 15]);
	harnessPut(' ');
	for (shift = 28; shift >= 0; shift -= 4)
		harnessPut(digits[(address >> shift) & 15]);
	harnessPut('\n');
	testFinisher = testPass;
	for (;;) {
	}
}
