/* Two radios of the bench talk to each other. */
#ifndef LOAM_TEST_TALK_H
#define LOAM_TEST_TALK_H

#include "bench.h"

extern const uint8_t talkPayload[40];
extern LoraRefusal talkRefusal;

/* Powers radios 0 and 1, near each other and without faults. */
void talkPower(LoraChip a, LoraChip b);
void talkListen(int index, const LoraModulation *modulation, int32_t symbols, int32_t timeout);
void talkTransmit(int index, const LoraModulation *modulation, size_t bytes);
/* Radio 1 listens without end, radio 0 sends `bytes` bytes, everything settles, radio 1 stops. Returns whether it arrived whole. */
bool talkCarry(const LoraModulation *modulation, size_t bytes);
/* Neither chip has seen anything that a correct driver does not do. */
void talkWithoutComplaints(void);

/* driver.c, errata.c, board.c, windows.c and chip.c */
typedef struct {
	const char *name;
	void (*run)(void);
} Case;
#define CASE(name) \
	{ \
		#name, name \
	}
extern const Case errataCases[], boardCases[], windowCases[], chipCases[], chip127xCases[];

#endif
