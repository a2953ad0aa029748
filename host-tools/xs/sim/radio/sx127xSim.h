/* A simulated SX1272/76/77/78: registers, modes, times (data sheet SX1276, revision 7). */
#ifndef LOAM_SX127X_SIM_H
#define LOAM_SX127X_SIM_H

#include "simChip.h"

typedef struct {
	SimBoard board;
	SimComplaints complaints;
	bool isHeld;
	uint64_t readyAt;            /* after a reset: no SPI before */
	uint8_t lora[128], fsk[128]; /* the two pages of registers; those below 0x0D and above 0x3F are shared */
	uint8_t fifo[256];
	uint8_t mode; /* of RegOpMode */
	uint32_t endEvent, calibrationEvent;
	bool isLowCalibrated, isHighCalibrated;
	bool isContinuous, isHung;
	uint32_t noise;
	SimReceiver receiver;
} Sx127xSim;

void sx127xSimInit(Sx127xSim *chip, const SimBoard *board);
/* The clock has begun anew: what the chip was about to do does not come any more. */
void sx127xSimForgetEvents(Sx127xSim *chip);
void sx127xSimTransfer(void *chip, const uint8_t *out, uint8_t *in, size_t bytes);
void sx127xSimReset(void *chip, bool held);
bool sx127xSimBusy(void *chip);
bool sx127xSimDio(void *chip, unsigned number);

/* sx127xSimAir.c */
void sx127xSimLink(Sx127xSim *chip);
void sx127xSimSetMode(Sx127xSim *chip, uint8_t mode);
void sx127xSimStop(Sx127xSim *chip);
void sx127xSimRaise(Sx127xSim *chip, uint8_t bits);
float sx127xSimLevel(Sx127xSim *chip);
float sx127xSimFskLevel(Sx127xSim *chip);
/* dBm of an RSSI register's 0 (5.5.5): by the port that the frequency belongs to, whatever RegOpMode's LowFrequencyModeOn says. */
float sx127xSimRssiOffset(const Sx127xSim *chip);

#endif
