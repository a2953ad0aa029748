/* Radios on a bench: drivers on simulated chips, joined by a medium that a test controls. */
#ifndef LOAM_TEST_BENCH_H
#define LOAM_TEST_BENCH_H

#include "lora.h"
#include "simHal.h"
#include "sx126xSim.h"
#include "sx127xSim.h"

#define BENCH_RADIOS 2

typedef struct {
	LoraRadio radio;
	SimHal hal;
	SimBoard board;
	Sx126xSim sx126x;
	Sx127xSim sx127x;
	SimAir air;
	SimReceiver *receiver; /* while it listens */
	int index;
	/* the last event, and how many of each kind there were */
	LoraEvent event;
	uint8_t payload[255];
	int events[4];
	SimPacket sent; /* the last transmission */
	int sentCount;
} BenchRadio;

extern BenchRadio bench[BENCH_RADIOS];
/* What the medium does between the two radios. */
extern float benchRssi, benchSnr;
extern SimFate benchFate;

extern const LoraModulation benchModulation; /* 868.1 MHz, SF7, 125 kHz */

/* Powers radio `index`. */
void benchPower(int index, const LoraBoard *board);
LoraBoard benchBoard(LoraChip chip);
/* Runs the clock until it has passed `microseconds`, or to the end of what is to be done when 0. */
void benchRun(uint64_t microseconds);
void benchCheck(bool condition, const char *text, const char *file, int line);
#define CHECK_THAT(condition) benchCheck(condition, #condition, __FILE__, __LINE__)
extern int benchFailures;
SimComplaints *benchComplaints(int index);
SimFaults *benchFaults(int index);

#endif
