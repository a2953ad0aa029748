/*
 * The air as a simulated chip sees it. The medium behind it decides how strong a signal arrives and what destroys it; the
 * chip decides, by its registers, whether it can make sense of it.
 */
#ifndef LOAM_SIM_AIR_H
#define LOAM_SIM_AIR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
	int32_t frequency, sf, bandwidth, codingRate; /* Hz, 5..8 for 4/5..4/8 */
	int32_t preamble;                             /* symbols */
	bool invertIQ, crc, header;
	int32_t syncWord; /* as SX127x writes it: one byte */
} SimModulation;

typedef struct {
	uint32_t id;
	uint64_t start, end; /* microseconds of this program's clock */
	SimModulation modulation;
	float power;      /* dBm radiated */
	float impairment; /* dB by which the sender spoils its own signal */
	float rssi, snr;  /* where it is heard */
	size_t bytes;
	uint8_t payload[255];
} SimPacket;

typedef enum { SIM_FATE_GOOD, SIM_FATE_BAD_CRC, SIM_FATE_LOST } SimFate;

#define SIM_SILENCE (-200.0f)

typedef struct SimReceiver SimReceiver;

typedef struct {
	void *context;
	void (*transmit)(void *context, const SimPacket *packet);
	/* From now on the receiver hears packets of this frequency, spreading factor and bandwidth: simReceiverHear. */
	void (*listen)(void *context, SimReceiver *receiver, const SimModulation *modulation);
	void (*stop)(void *context);
	/* At its end: what became of a packet that was heard. */
	SimFate (*fate)(void *context, uint32_t id);
	/* Strongest signal on a frequency now, dBm; SIM_SILENCE when there is none. */
	float (*level)(void *context, int32_t frequency, int32_t bandwidth);
} SimAir;

/* What the demodulators of both families do alike: find a preamble, follow the packet, give up. */
typedef struct {
	void (*preamble)(void *chip, uint64_t at);
	void (*header)(void *chip, bool isGood);
	void (*packet)(void *chip, const SimPacket *packet, bool isGood);
	void (*symbolTimeout)(void *chip);
} SimReceiverEvents;

struct SimReceiver {
	const SimAir *air;
	void *chip;
	SimReceiverEvents events;
	bool isOpen;
	uint64_t openedAt;
	SimModulation modulation;
	/* What the chip's registers do to reception. */
	float impairment;        /* dB off the SNR */
	int32_t longestIntact;   /* longer payloads are corrupted */
	int32_t frequencyOffset; /* Hz that the receiver is tuned beside `modulation.frequency` */
	bool isDeaf;             /* hears, but never finds a preamble */
	uint32_t timeoutEvent, packetEvent;
	int32_t timeoutSymbols;
	bool isLocked;
	SimPacket packet;
};

uint32_t simSymbolTime(const SimModulation *modulation);
uint64_t simPacketTime(const SimModulation *modulation, size_t bytes);
/* dB of SNR that a spreading factor needs (SX1276 data sheet, table 13; SX1262: 6.1.1). */
float simSnrFloor(int32_t sf);
/* dBm of noise in the receiver's bandwidth, with a noise figure of 6 dB. */
float simNoiseFloor(int32_t bandwidth);

/* `timeoutSymbols` 0: never gives up. The rest of `receiver` is set by the chip beforehand. */
void simReceiverOpen(SimReceiver *receiver, int32_t timeoutSymbols);
void simReceiverClose(SimReceiver *receiver);
/* A packet begins on the receiver's channel. */
void simReceiverHear(SimReceiver *receiver, const SimPacket *packet);

#endif
