/* Of the Moddable SDK's modules/base/instrumentation/modInstrumentation.h: what our C uses. */
#ifndef STAND_IN_MOD_INSTRUMENTATION_H
#define STAND_IN_MOD_INSTRUMENTATION_H

#include <stdint.h>

enum {
	kModInstrumentationTimers = 6,
	kModInstrumentationSPIFlashErases = 10,
	kModInstrumentationTurns,
	kModInstrumentationSystemFreeMemory,
	kModInstrumentationCPU0
};

void modInstrumentationSet_(uint8_t what, int32_t value);
int32_t modInstrumentationGet_(void *the, uint8_t what);

#define modInstrumentationSet(what, value) modInstrumentationSet_(kModInstrumentation##what, value)

#endif
