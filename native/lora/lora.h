/*
 * LoRa radios behind one interface: SX1261/62/68 and SX1272/76/77/78. A state machine that never blocks: each call starts
 * an operation and returns; `loraWake` advances it (interrupts, alarms), in the HAL's task, and the callback reports its end
 * there. One operation at a time. Allocates nothing.
 */
#ifndef LOAM_LORA_H
#define LOAM_LORA_H

#include "hal.h"

typedef struct {
	int32_t frequency;  /* Hz */
	int32_t sf;         /* 5 (SX126x) or 6 to 12 */
	int32_t bandwidth;  /* Hz, one of loraBandwidths */
	int32_t codingRate; /* 5..8 for 4/5..4/8 */
	int32_t preamble;   /* symbols */
	int32_t invertIQ;
	int32_t crc;
	int32_t syncWord;       /* 0x34 public, 0x12 private */
	int32_t implicitLength; /* bytes of a packet without header; 0: with header */
} LoraModulation;

/* Smallest first; SX126x's and SX127x's codes for them are in their own headers. */
#define LORA_BANDWIDTHS 10
extern const int32_t loraBandwidths[LORA_BANDWIDTHS];

typedef struct {
	LoraModulation modulation;
	uint64_t at;            /* when the receiver opens; 0: at once */
	int32_t timeoutSymbols; /* preamble timeout; 0: none */
	int32_t timeout;        /* packet timeout, microseconds; 0: none */
} LoraListen;

/* A receive window after a transmission. */
typedef struct {
	LoraModulation modulation;
	int32_t delay;          /* from the transmission's end to the receiver's opening, microseconds */
	int32_t timeoutSymbols; /* preamble timeout */
} LoraWindow;

#define LORA_WINDOWS 2
/* A window that would open later than this (microseconds), because a packet in the one before took so long, stays closed. */
#define LORA_WINDOW_TOO_LATE 50000

typedef enum {
	LORA_FAULT_BUSY_STUCK,   /* BUSY stayed high */
	LORA_FAULT_NO_INTERRUPT, /* no interrupt before the operation's deadline */
	LORA_FAULT_NO_CHIP,      /* invalid responses on SPI */
	LORA_FAULT_CALIBRATION,  /* oscillator or calibration errors after start */
	LORA_FAULT_COMMAND,      /* the chip refused a command */
	LORA_FAULT_CANCELLED
} LoraFault;

typedef enum {
	LORA_EVENT_DONE,    /* value: for detect 1 or 0, measure dBm, random 32 bits */
	LORA_EVENT_PACKET,  /* ends an operation with a timeout; without, reception continues */
	LORA_EVENT_NOTHING, /* receive: timeout */
	LORA_EVENT_ERROR    /* value: LoraFault; the chip has been reset */
} LoraEventKind;

typedef enum {
	LORA_IDLE,
	LORA_TRANSMIT,
	LORA_RECEIVE,
	LORA_DETECT,
	LORA_MEASURE,
	LORA_RANDOM,
	LORA_SLEEP,
	LORA_STANDBY
} LoraOperation;

typedef struct {
	LoraEventKind kind;
	LoraOperation operation;
	uint64_t time; /* of the interrupt, microseconds */
	int32_t value;
	const char *text;       /* of an error */
	const uint8_t *payload; /* of a packet; valid during the callback */
	size_t bytes;
	float rssi, snr;        /* dBm, dB */
	int32_t frequencyError; /* Hz; 0 where the chip does not measure it */
	int32_t window;         /* of the transmission's windows, the one that the event ends; else LORA_NO_WINDOW */
	uint32_t ticket;        /* which call it belongs to: LoraRadio.ticket at that time */
} LoraEvent;

#define LORA_NO_WINDOW (-1)

typedef void (*LoraCallback)(void *context, const LoraEvent *event);

typedef struct LoraRadio LoraRadio;

/* A step does one transaction and returns what comes next (steps.c). */
typedef enum { LORA_STEP_NEXT, LORA_STEP_AGAIN, LORA_STEP_WAIT, LORA_STEP_FAILED, LORA_STEP_DONE } LoraStepResult;
typedef LoraStepResult (*LoraStep)(LoraRadio *radio);

/* Wait, reset, start, operation; and the end. */
#define LORA_PROGRAM_PARTS 5
#define LORA_LARGEST_PACKET 255

/* The chip's sleep state: what must be done before it can operate. */
typedef enum { LORA_POWER_UNKNOWN, LORA_POWER_STANDBY, LORA_POWER_WARM_SLEEP, LORA_POWER_COLD_SLEEP } LoraPower;

/* Opaque to its users, who only provide the memory. */
struct LoraRadio {
	LoraHal hal;
	LoraBoard board;
	LoraCallback callback;
	void *context;
	LoraOperation operation;
	LoraListen listen;
	int32_t power; /* dBm */
	bool isWarm;   /* the sleep asked for */
	uint8_t payload[LORA_LARGEST_PACKET];
	size_t bytes;
	uint32_t ticket; /* of the last call */
	LoraWindow windows[LORA_WINDOWS];
	int32_t windowCount, window; /* `window`: the one that is on, or LORA_NO_WINDOW */
	uint64_t sentAt;             /* end of the transmission that they follow */
	/* steps.c */
	const LoraStep *program[LORA_PROGRAM_PARTS];
	int part, phase;
	const LoraStep *step;
	bool isRunning, isWoken, isFailing;
	uint32_t generation; /* of the operation: a callback may have begun another */
	uint64_t notBefore, deadline, busySince;
	LoraEvent outcome; /* reported when the operation ends */
	/* the chip */
	LoraPower powerState;
	int32_t calibratedFor; /* MHz of the band that the image calibration was done for; 0: none */
	uint64_t openedAt;
	uint8_t scratch[8];
	int32_t value;
	uint32_t bits;
};

/*
 * Each of the following returns NULL, or an error in its arguments, and then nothing was started. `text` holds the
 * message.
 */
typedef struct {
	char text[120];
} LoraRefusal;

const char *loraOpen(LoraRadio *radio, const LoraBoard *board, const LoraHal *hal, LoraCallback callback, void *context,
	LoraRefusal *refusal);
const char *loraTransmit(LoraRadio *radio, const LoraModulation *modulation, int32_t power, const uint8_t *payload,
	size_t bytes, LoraRefusal *refusal);
/* Transmits, and then receives in up to LORA_WINDOWS windows, in the order of their delays. Each reports its own event, after that of the transmission. */
const char *loraExchange(LoraRadio *radio, const LoraModulation *modulation, int32_t power, const uint8_t *payload,
	size_t bytes, const LoraWindow *windows, size_t count, LoraRefusal *refusal);
const char *loraReceive(LoraRadio *radio, const LoraListen *listen, LoraRefusal *refusal);
const char *loraDetect(LoraRadio *radio, const LoraModulation *modulation, LoraRefusal *refusal);
const char *loraMeasure(LoraRadio *radio, const LoraModulation *modulation, int32_t microseconds, LoraRefusal *refusal);
void loraRandom(LoraRadio *radio);
/* These two end the current operation and the windows that are left, without an event. */
void loraSleep(LoraRadio *radio, bool isWarm);
void loraStandby(LoraRadio *radio);

/* Drops the current operation, without an event and without accessing the chip. */
void loraAbandon(LoraRadio *radio);

/* For the HAL. */
void loraWake(void *radio);

#endif
