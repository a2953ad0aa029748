/* A simulated chip on its SPI bus. */
#ifndef LOAM_SIM_CHIP_H
#define LOAM_SIM_CHIP_H

#include "simAir.h"

/* What breaks on a board; a test sets these. */
typedef struct {
	bool busyStuck;   /* BUSY stays high */
	bool noInterrupt; /* the DIO lines are not connected */
	bool isAbsent;    /* nobody answers on SPI: all bits read as 1 */
	bool txHangs;     /* the next transmission never ends; only a reset helps (SX127x errata note) */
} SimFaults;

typedef struct {
	const SimAir *air;
	int32_t tcxoDecivolt; /* of the TCXO on the board; 0: a crystal */
	bool isSx1261, isSx1272;
	uint32_t noise; /* where the receiver's noise begins: another number for each node, and each time it starts */
	SimFaults faults;
	/* The pins changed: the HAL looks at them. May be NULL. */
	void (*changed)(void *owner);
	void *owner;
} SimBoard;

/* What the chip noticed that a good driver never does; a test wants it to stay 0. */
typedef struct {
	uint32_t whileBusy;    /* SPI while BUSY was high */
	uint32_t badCommands;  /* unknown, too short, or not allowed in that mode */
	uint32_t failedStarts; /* orders to send or receive that a chip set up wrongly did not carry out */
} SimComplaints;

typedef struct {
	void *chip;
	void (*transfer)(void *chip, const uint8_t *out, uint8_t *in, size_t bytes);
	void (*reset)(void *chip, bool held);
	bool (*busy)(void *chip);
	bool (*dio)(void *chip, unsigned number);
} SimPins;

#endif
