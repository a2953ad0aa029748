#ifndef LOAM_LORA_AIRTIME_H
#define LOAM_LORA_AIRTIME_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
	int32_t sf;         /* 5..12 */
	int32_t bandwidth;  /* Hz */
	int32_t codingRate; /* 5..8 */
	int32_t preamble;   /* symbols */
	bool crc, header;
} LoraFrameShape;

/* Microseconds of one symbol, rounded up. */
uint32_t loraSymbolTime(int32_t sf, int32_t bandwidth);

/* Whether symbols are so long (16.38 ms or more) that the low data rate optimization is required. */
bool loraIsLowDataRate(int32_t sf, int32_t bandwidth);

/* Airtime of `bytes` bytes in microseconds, rounded up. SX1276 data sheet 4.1.1.7; SF5 and SF6 after SX1262's 6.1.4. */
uint64_t loraAirtime(const LoraFrameShape *shape, int32_t bytes);

#endif
