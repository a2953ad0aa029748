/*
 * The air's interface to a simulated chip. The medium decides how strong a signal arrives and which packets collide; the
 * chip decides, by its registers, whether it can demodulate the packet.
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
	float impairment; /* SNR loss of the transmitter, dB */
	float rssi, snr;  /* at the receiver */
	size_t bytes;
	uint8_t payload[255];
} SimPacket;

typedef enum { SIM_FATE_GOOD, SIM_FATE_BAD_CRC, SIM_FATE_LOST } SimFate;

#define SIM_SILENCE (-200.0f)

typedef struct SimReceiver SimReceiver;

typedef struct {
	void *context;
	void (*transmit)(void *context, const SimPacket *packet);
	/* From now on the receiver receives packets of this frequency, spreading factor and bandwidth: simReceiverHear. */
	void (*listen)(void *context, SimReceiver *receiver, const SimModulation *modulation);
	void (*stop)(void *context);
	/* At its end: the result of a packet's reception. */
	SimFate (*fate)(void *context, uint32_t id);
	/* Strongest signal on a frequency now, dBm; SIM_SILENCE when there is none. */
	float (*level)(void *context, int32_t frequency, int32_t bandwidth);
} SimAir;

/* The demodulator of both families: preamble detection, packet reception, timeout. */
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
	/* Effects of the chip's registers on reception. */
	float impairment;        /* SNR loss, dB */
	int32_t longestIntact;   /* longer payloads are corrupted */
	int32_t frequencyOffset; /* Hz that the receiver is off `modulation.frequency` */
	uint32_t timeoutEvent, packetEvent;
	int32_t timeoutSymbols;
	bool isLocked;
	uint32_t falsePreambles; /* so many that noise imitates: one each time it is opened */
	SimPacket packet;
};

uint32_t simSymbolTime(const SimModulation *modulation);
uint64_t simPacketTime(const SimModulation *modulation, size_t bytes);
/* SNR in dB that a spreading factor requires (SX1276 data sheet, table 13; SX1262: 6.1.1). */
float simSnrFloor(int32_t sf);
/* dBm of noise in the receiver's bandwidth, with a noise figure of 6 dB. */
float simNoiseFloor(int32_t bandwidth);

/* From `at` on, microseconds; `timeoutSymbols` 0: no timeout. The rest of `receiver` is set by the chip beforehand. */
void simReceiverOpen(SimReceiver *receiver, uint64_t at, int32_t timeoutSymbols);
void simReceiverClose(SimReceiver *receiver);
/* A packet begins on the receiver's channel. */
void simReceiverHear(SimReceiver *receiver, const SimPacket *packet);

#endif
