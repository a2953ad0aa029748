#include "xsmc.h"
#include "mc.xs.h"
#include "watchdogHal.h"

/* ms */
void xs_watchdog_timeout(xsMachine *the) {
	xsmcSetInteger(xsResult, (xsIntegerValue)watchdogHalTimeout());
}

void xs_watchdog_start(xsMachine *the) {
	(void)the;
	watchdogHalStart();
}

void xs_watchdog_feed(xsMachine *the) {
	(void)the;
	watchdogHalFeed();
}
