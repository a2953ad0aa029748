/*
 * The harness on an emulated board, without an operating system. The emulator's loader puts a request, the model and the
 * inputs at fixed places in memory, as a programmer would put them in flash.
 */
#include "board.h"
#include "harness.h"

typedef struct {
	uint32_t modelBytes, arenaBytes, inputBytes, runs, external, trace;
} BoardRequest;

/* Set by the board's linker script. index.ts has the loader put the files there. */
extern const BoardRequest boardRequest;
extern const uint8_t boardModel[], boardInputs[];
extern uint8_t boardArena[];

void boardMain(void) {
	HarnessRequest request;

	request.model = boardModel;
	request.modelBytes = boardRequest.modelBytes;
	request.arena = boardArena;
	request.arenaBytes = boardRequest.arenaBytes;
	request.inputs = boardInputs;
	request.inputBytes = boardRequest.inputBytes;
	request.runs = boardRequest.runs;
	request.external = boardRequest.external;
	request.trace = boardRequest.trace;
	harnessRun(&request);
	boardEnd();
}

void boardTrap(uint32_t cause, uint32_t address) {
	static const char digits[] = "0123456789abcdef";
	const char *text = "trap ";
	int shift;
	while (*text)
		harnessPut(*text++);
	harnessPut(digits[cause & 15]);
	harnessPut(' ');
	for (shift = 28; shift >= 0; shift -= 4)
		harnessPut(digits[(address >> shift) & 15]);
	harnessPut('\n');
	boardEnd();
}
