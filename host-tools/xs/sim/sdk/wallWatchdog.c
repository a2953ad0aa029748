/* watchdogHal.h on the SDK's desktop platform, which cannot start a program again. */
#include "../../../../native/watchdog/watchdogHal.h"

uint32_t watchdogHalTimeout(void) {
	return 0;
}

void watchdogHalStart(void) {
}

void watchdogHalFeed(void) {
}
