/* What TensorFlow Lite Micro needs of a C and C++ library that a board's toolchain has none of: its log, and the ends of what never happens. */
#include <cstddef>
#include <cstdio>

extern "C" {
#include "board.h"
#include "harness.h"
}
#include "tflm/tflm.h"

/* A line of the log is "log TEXT", which is none of the harness's. */
static int putLog(char letter, FILE *) {
	static bool begun = false;

	for (const char *mark = begun ? "" : "log "; *mark; mark++)
		harnessPut(*mark);
	begun = letter != '\n';
	harnessPut(letter);
	return letter;
}

static FILE logFile = FDEV_SETUP_STREAM(putLog, nullptr, nullptr, _FDEV_SETUP_WRITE);
FILE *const stderr = &logFile;
FILE *const stdout = &logFile; /* esp-nn prints what it cannot do. */

extern "C" {
size_t harnessArena(const Inference *inference) {
	return tflmArenaNeeded(inference);
}

void __cxa_pure_virtual() {
	boardTrap(0, 0);
}

void abort() {
	boardTrap(0, 0);
	for (;;) {
	}
}
}

/* TensorFlow Lite Micro's destructors name it; its objects are in the arena. */
void operator delete(void *, std::size_t) noexcept {
}
