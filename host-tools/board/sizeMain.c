/* The smallest program that uses the whole engine; what the linker adds for it is the engine's size. */
#include "backend.h"
#include "board.h"

extern uint8_t boardModel[], boardArena[];
volatile uint32_t sizeSink;

void boardMain(void) {
	Inference *inference;
	InferenceError error;
	if (inferenceLoad(&inference, boardModel, 1, boardArena, 1, &error) == inferenceOk) {
		sizeSink = inferenceInput(inference, 0).bytes;
		inferenceInvoke(inference);
		sizeSink = inferenceOutput(inference, 0).bytes;
	}
	sizeSink = error.needed;
}

void boardTrap(uint32_t cause, uint32_t address) {
	sizeSink = cause + address;
}
