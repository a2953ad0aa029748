/* QEMU's RISC-V `virt` board: counter, serial port, end. */
#include "board.h"
#include "harness.h"

/* hw/riscv/virt.c of QEMU: a 16550 UART, and a device that ends the emulation. */
#define uartData (*(volatile uint8_t *)0x10000000u)
#define uartStatus (*(volatile uint8_t *)0x10000005u)
#define uartReady 0x20u
#define uartSent 0x40u
#define testFinisher (*(volatile uint32_t *)0x00100000u)
#define testPass 0x5555u

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

/* What the emulator could not write yet would be lost: the end of the last line, where the reader is slow. */
void boardEnd(void) {
	while (!(uartStatus & uartSent)) {
	}
	testFinisher = testPass;
	for (;;) {
	}
}
