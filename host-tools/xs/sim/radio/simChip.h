/* A simulated chip on its SPI bus. */
#ifndef LOAM_SIM_CHIP_H
#define LOAM_SIM_CHIP_H

#include "simAir.h"

/* Injected board faults; a test sets these. */
typedef struct {
	bool busyStuck;   /* BUSY stays high */
	bool noInterrupt; /* the DIO lines are not connected */
	bool isAbsent;    /* no chip on SPI: all bits read as 1 */
	bool txHangs;     /* the next transmission never ends; only a reset helps (SX127x errata note) */
} SimFaults;

typedef struct {
	const SimAir *air;
	int32_t tcxoDecivolt; /* of the TCXO on the board; 0: a crystal */
	bool isSx1261, isSx1268, isSx1272;
	uint32_t noise; /* seed of the receiver's noise: different for each node and each start */
	SimFaults faults;
	/* Called when the pins changed. May be NULL. */
	void (*changed)(void *owner);
	void *owner;
} SimBoard;

/* Driver errors that the chip detected; a test expects them to stay 0. */
typedef struct {
	uint32_t whileBusy;    /* SPI while BUSY was high */
	uint32_t badCommands;  /* unknown, too short, or not allowed in that mode */
	uint32_t failedStarts; /* send or receive commands that a misconfigured chip did not execute */
} SimComplaints;

typedef struct {
	void *chip;
	void (*transfer)(void *chip, const uint8_t *out, uint8_t *in, size_t bytes);
	void (*reset)(void *chip, bool held);
	bool (*busy)(void *chip);
	bool (*dio)(void *chip, unsigned number);
} SimPins;

#endif
