/*
 * The hardware abstraction layer of the radio drivers. On the chip this is ESP-IDF (esp32/halEsp32.c), on the desktop a simulated
 * LoRa chip (host-tools/xs/sim/radio). The driver runs in a task of its own, of a higher priority than script's: a receive
 * window opens on time however busy script is (US915's DR3 allows 3 ms). Script only changes what the driver is to do, under
 * the lock. No function blocks longer than `delayMicroseconds` is asked to, which is under 200, but for the lock, which
 * the driver holds for as long as one transaction on the bus takes.
 */
#ifndef LOAM_LORA_HAL_H
#define LOAM_LORA_HAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LORA_HAL_NEVER UINT64_MAX
#define LORA_NOT_CONNECTED (-1)

/* GPIO numbers, LORA_NOT_CONNECTED where the board has no such line. */
typedef struct {
	int32_t spi; /* number of the SPI host */
	int32_t clock, dataOut, dataIn, select;
	int32_t frequency; /* of the SPI clock, Hz */
	int32_t reset, busy, dio0, dio1;
	int32_t txEnable, rxEnable; /* of an RF switch that the chip does not control */
} LoraPins;

typedef enum {
	LORA_SX1261,
	LORA_SX1262,
	LORA_SX1268,
	LORA_SX1272,
	LORA_SX1276,
	LORA_SX1277,
	LORA_SX1278,
	LORA_CHIPS
} LoraChip;
typedef enum { LORA_SWITCH_NONE, LORA_SWITCH_DIO2, LORA_SWITCH_PINS } LoraRfSwitch;

/* Properties of the board. */
typedef struct {
	int32_t chip;         /* LoraChip */
	int32_t tcxoDecivolt; /* SX126x: the TCXO voltage on DIO3; SX127x: not 0 means a TCXO; 0 a crystal */
	int32_t tcxoDelay;    /* microseconds until it is stable */
	int32_t isDcDc;       /* SX126x: the board has the coil of the DC-DC converter */
	int32_t rfSwitch;     /* LoraRfSwitch */
	int32_t isRfo;        /* SX127x: the antenna is on RFO, not on PA_BOOST */
	int32_t maxPower;     /* limit of the board at the chip's pin, dBm */
	int32_t isSavingRx;   /* SX126x: the receiver has its power saving gain, not the boosted one */
} LoraBoard;

typedef enum { LORA_ANTENNA_OFF, LORA_ANTENNA_RX, LORA_ANTENNA_TX } LoraAntenna;

typedef struct {
	void *context;
	/* One transaction: select low, `bytes` bytes out and in at once, select high. `in` may be NULL. At most 260 bytes. */
	void (*spiTransfer)(void *context, const uint8_t *out, uint8_t *in, size_t bytes);
	/* The reset line: true holds the chip in reset (low; SX1272: high), false releases it. */
	void (*reset)(void *context, bool held);
	/* SX126x: the BUSY line. Always false for a chip that has none. */
	bool (*busy)(void *context);
	/* Level of DIO0 or DIO1. */
	bool (*dio)(void *context, unsigned number);
	/* When a DIO line last rose, microseconds; taken in the interrupt. */
	uint64_t (*edgeTime)(void *context);
	void (*delayMicroseconds)(void *context, uint32_t microseconds);
	uint64_t (*nowMicroseconds)(void *context);
	/* One alarm; a new one replaces the old, LORA_HAL_NEVER cancels it. */
	void (*wakeAt)(void *context, uint64_t when);
	/* While on, the falling edge of BUSY wakes the driver too. */
	void (*watchBusy)(void *context, bool on);
	/* The RF switch, where the board needs one. */
	void (*antenna)(void *context, LoraAntenna path);
	/* Excludes the driver's task, or script from it. Not nested. */
	void (*lock)(void *context);
	void (*unlock)(void *context);
	/* Has `deliver` called in script's task, once for any number of posts before it. From the driver's task. */
	void (*post)(void *context);
} LoraHal;

/* Called in the driver's task after a DIO line rose, the alarm fell due, or a watched BUSY fell. May be spurious. */
typedef void (*LoraHalWake)(void *owner);

/* Called in script's task after a post. May close the HAL. */
typedef void (*LoraHalDeliver)(void *owner);

/*
 * Allocates the pins, starts the driver's task and fills `hal`. `machine` is the xsMachine of script's task. False when a pin or the SPI host
 * is not available. Implemented once per platform.
 */
bool loraHalOpen(LoraHal *hal, const LoraBoard *board, const LoraPins *pins, void *machine, LoraHalWake wake,
	LoraHalDeliver deliver, void *owner);

/* From script's task: releases everything; no wake and no delivery comes afterwards. */
void loraHalClose(LoraHal *hal);

#endif
