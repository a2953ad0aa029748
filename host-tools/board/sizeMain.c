/* The smallest program that uses the whole engine; what the linker adds for it is the engine's size. */
#include "backend.h"

extern uint8_t sizeModel[], sizeArena[];
volatile uint32_t sizeSink;

void boardMain(void) {
	Inference *inference;
	InferenceError error;
	if (inferenceLoad(&inference, sizeModel, 1, sizeArena, 1, &error) == inferenceOk) {
		sizeSink = inferenceInput(inference, 0).bytes;
		inferenceInvoke(inference);
		sizeSink = inferenceOutput(inference, 0).bytes;
	}
	sizeSink = error.needed;
}

void boardTrap(uint32_t cause, uint32_t address) {
	sizeSink = cause + address;
}
