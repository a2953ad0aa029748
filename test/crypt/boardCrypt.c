/* On the emulated board: verifies RFC 8032's TEST 3, over a message of 1,024 bytes too, and counts the instructions. */
#include "ed25519.h"

/* As in host-tools/board/rv32.c: a 16550 UART, and a device that ends the emulation. */
#define uartData (*(volatile uint8_t *)0x10000000u)
#define uartStatus (*(volatile uint8_t *)0x10000005u)
#define uartReady 0x20u
#define testFinisher (*(volatile uint32_t *)0x00100000u)
#define testPass 0x5555u

void boardMain(void);
void boardTrap(uint32_t cause, uint32_t address);

static const uint8_t key[ED25519_KEY_BYTES] = { 0xfc, 0x51, 0xcd, 0x8e, 0x62, 0x18, 0xa1, 0xa3, 0x8d, 0xa4, 0x7e, 0xd0,
	0x02, 0x30, 0xf0, 0x58, 0x08, 0x16, 0xed, 0x13, 0xba, 0x33, 0x03, 0xac, 0x5d, 0xeb, 0x91, 0x15, 0x48, 0x90, 0x80,
	0x25 };
static const uint8_t signature[ED25519_SIGNATURE_BYTES] = { 0x62, 0x91, 0xd6, 0x57, 0xde, 0xec, 0x24, 0x02, 0x48, 0x27,
	0xe6, 0x9c, 0x3a, 0xbe, 0x01, 0xa3, 0x0c, 0xe5, 0x48, 0xa2, 0x84, 0x74, 0x3a, 0x44, 0x5e, 0x36, 0x80, 0xd7, 0xdb,
	0x5a, 0xc3, 0xac, 0x18, 0xff, 0x9b, 0x53, 0x8d, 0x16, 0xf2, 0x90, 0xae, 0x67, 0xf7, 0x60, 0x98, 0x4d, 0xc6, 0x59,
	0x4a, 0x7c, 0x15, 0xe9, 0x71, 0x6e, 0xd2, 0x8d, 0xc0, 0x27, 0xbe, 0xce, 0xea, 0x1e, 0xc4, 0x0a };
static const uint8_t message[2] = { 0xaf, 0x82 };

static void put(char letter) {
	while (!(uartStatus & uartReady)) {
	}
	uartData = (uint8_t)letter;
}

static void putNumber(uint32_t value) {
	char digits[10];
	int count = 0;
	do
		digits[count++] = (char)('0' + value % 10);
	while (value /= 10);
	while (count > 0)
		put(digits[--count]);
	put('\n');
}

static uint32_t instructions(void) {
	uint32_t count;
	__asm__ volatile("csrr %0, minstret" : "=r"(count));
	return count;
}

/* The instructions in all, the answer, the most of one step, and those of adding a part of 2,048 bytes. */
static void measure(size_t copies) {
	static uint8_t part[2048];
	Ed25519 check;
	Ed25519Answer answer;
	const uint32_t start = instructions();
	uint32_t before, most = 0, all;
	ed25519Start(&check, key, signature);
	for (; copies > 0; copies--)
		ed25519Add(&check, message, sizeof message);
	do {
		before = instructions();
		answer = ed25519Step(&check);
		before = instructions() - before;
		if (before > most)
			most = before;
	} while (answer == ed25519More);
	all = instructions() - start;
	putNumber(all);
	putNumber(answer == ed25519Valid);
	putNumber(most);
	before = instructions();
	ed25519Add(&check, part, sizeof part);
	putNumber(instructions() - before);
}

static void end(void) {
	testFinisher = testPass;
	for (;;) {
	}
}

void boardMain(void) {
	measure(1);
	measure(512);
	end();
}

void boardTrap(uint32_t cause, uint32_t address) {
	putNumber(cause);
	putNumber(address);
	end();
}
