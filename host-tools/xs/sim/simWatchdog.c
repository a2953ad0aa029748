/*
 * watchdogHal.h on the simulated board, by the virtual clock: as on the chip with device/sdkconfig. Script that does not end is noticed
 * when XS checks its meter, at the next loop or call. A program that cannot be started again has no watchdog.
 */
#include "simWatchdog.h"

#include <stdio.h>

#include "../../../native/watchdog/watchdogHal.h"
#include "clock.h"
#include "powered.h"

/* CONFIG_ESP_TASK_WDT_TIMEOUT_S */
static const uint64_t timeout = 20000000;

static uint64_t turn; /* when it began */
static uint32_t pending;
static int isStarted;

uint32_t watchdogHalTimeout(void) {
	return simPoweredRestarts() ? (uint32_t)(timeout / 1000) : 0;
}

static void expire(const char *what) {
	fflush(stdout);
	fprintf(stderr, "watchdog: %s for %u s\n", what, (unsigned)(timeout / 1000000));
	simPoweredReset(SIM_STARTS_WATCHDOG);
}

static void starve(void *context) {
	(void)context;
	expire("not fed");
}

static void arm(void) {
	simClockCancel(pending);
	pending = simClockAt(simClockNow() + timeout, starve, NULL);
}

void watchdogHalStart(void) {
	if (!simPoweredRestarts())
		return;
	isStarted = 1;
	arm();
}

void watchdogHalFeed(void) {
	if (isStarted)
		arm();
}

void simWatchdogTurn(void) {
	turn = simClockNow();
}

void simWatchdogCheck(void) {
	if (simPoweredRestarts() && simClockNow() - turn > timeout)
		expire("no turn of the event loop");
}
