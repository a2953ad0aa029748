/*
 * watchdogHal.h on the simulated board, by the virtual clock: as on the chip with device/sdkconfig. Script that does not end is noticed
 * when XS checks its meter, at the next loop or call; C that blocks, when its time has passed. A program that cannot be started again has no
 * watchdog.
 */
#include "simWatchdog.h"

#include <stdio.h>

#include "../../../native/watchdog/watchdogHal.h"
#include "clock.h"
#include "powered.h"

/* CONFIG_ESP_TASK_WDT_TIMEOUT_S */
static const uint64_t timeout = 20000000;

static uint32_t pending, pendingTurn;
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

static void hang(void *context) {
	(void)context;
	pendingTurn = 0;
	expire("no turn of the event loop");
}

static void rest(void) {
	if (pendingTurn)
		simClockCancel(pendingTurn);
	pendingTurn = 0;
}

/* By an event, so that native code that blocks is noticed too. */
void simWatchdogTurn(void) {
	if (!simPoweredRestarts())
		return;
	simClockSetTurnEnd(rest);
	rest();
	pendingTurn = simClockAt(simClockNow() + timeout, hang, NULL);
}
