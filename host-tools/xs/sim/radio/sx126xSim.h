/* A simulated SX1261/62/68: commands, registers, modes, times (data sheet DS.SX1261-2). */
#ifndef LOAM_SX126X_SIM_H
#define LOAM_SX126X_SIM_H

#include "simChip.h"

typedef enum {
	SX126X_SIM_SLEEP,
	SX126X_SIM_STANDBY,
	SX126X_SIM_FS,
	SX126X_SIM_TX,
	SX126X_SIM_RX,
	SX126X_SIM_CAD,
	SX126X_SIM_RESET
} Sx126xSimMode;

typedef struct {
	SimBoard board;
	SimComplaints complaints;
	Sx126xSimMode mode;
	bool isColdSleep;
	uint64_t busyUntil, settlesAt; /* fully asleep from then on */
	bool isTimerEventDue;          /* erratum 15.3: the timer was stopped, but its event not cleared */
	uint32_t busyEvent, endEvent, timerEvent;
	uint8_t registers[0x0A00];
	uint8_t buffer[256];
	uint8_t rxBase, txBase, rxStart, rxBytes;
	uint16_t irq, irqMask, dio1Mask, errors;
	bool isLora, isTcxoSet, hasTcxo, isCalibrated, isDcDc, hasSwitch, isContinuous;
	int32_t imageBand; /* MHz/4 of the image calibration's lower end; 0: none */
	int32_t imageEnd;
	uint32_t frequencySteps;
	uint8_t modulation[8], packet[6], pa[4], cad[7];
	int8_t power;
	uint8_t symbolTimeout;
	uint8_t fallback;      /* the mode after TX and RX */
	uint8_t commandStatus; /* 13.5.1 */
	bool isXosc;           /* standby with the oscillator on */
	uint16_t packets, crcErrors, headerErrors;
	uint32_t tcxoTicks;         /* until it is stable */
	uint32_t dutyRx, dutySleep; /* ticks; 0: no duty cycle */
	uint8_t status[3];          /* of the last packet: rssi, snr, signal rssi */
	SimReceiver receiver;
	uint32_t noise;    /* state of the random register */
	double sentCharge; /* mA s of all transmissions */
} Sx126xSim;

/* Power-on. */
void sx126xSimInit(Sx126xSim *chip, const SimBoard *board);
/* The clock has begun anew: what the chip was about to do does not come any more. */
void sx126xSimForgetEvents(Sx126xSim *chip);
void sx126xSimTransfer(void *chip, const uint8_t *out, uint8_t *in, size_t bytes);
void sx126xSimReset(void *chip, bool held);
bool sx126xSimBusy(void *chip);
bool sx126xSimDio(void *chip, unsigned number);

/* For the two files below. */
void sx126xSimChanged(Sx126xSim *chip); /* notifies the board that BUSY or DIO1 may have changed */
void sx126xSimSetBusy(Sx126xSim *chip, uint64_t microseconds);
/* Raises interrupts that the mask enables. */
void sx126xSimRaise(Sx126xSim *chip, uint16_t bits);
void sx126xSimSleep(Sx126xSim *chip, bool isWarm);

/* sx126xSimCommands.c: what a command does, and what it answers. */
void sx126xSimExecute(Sx126xSim *chip, uint8_t opcode, const uint8_t *a, size_t count);
/* Writes the response behind the status byte; false for commands without a response. */
bool sx126xSimAnswer(Sx126xSim *chip, const uint8_t *out, uint8_t *in, size_t bytes);

/* sx126xSimAir.c: what happens on the air. */
void sx126xSimStandby(Sx126xSim *chip);
void sx126xSimSend(Sx126xSim *chip, uint32_t ticks);
void sx126xSimListen(Sx126xSim *chip, uint32_t ticks);
void sx126xSimDetect(Sx126xSim *chip);
/* 13.1.7: receives and sleeps by turns, until a packet has come. */
void sx126xSimListenAtTimes(Sx126xSim *chip, uint32_t rx, uint32_t sleep);
/* 13.1.10, 13.1.11: a carrier, or a preamble, until the mode is changed. */
void sx126xSimSendEndless(Sx126xSim *chip);
void sx126xSimLink(Sx126xSim *chip); /* connects the receiver's events */
float sx126xSimLevel(Sx126xSim *chip);

#endif
