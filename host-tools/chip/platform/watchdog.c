/* The emulated chip has no watchdog, and a crash is the end of its run. */
#include "chip.h"
#include "simWatchdog.h"

#include "../../../native/watchdog/watchdogHal.h"

uint32_t watchdogHalTimeout(void) {
	return 0;
}

void watchdogHalStart(void) {
}

void watchdogHalFeed(void) {
}

void simWatchdogTurn(void) {
}

void hostStartAgain(int code) {
	(void)code;
}
