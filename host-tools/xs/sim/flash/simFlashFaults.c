#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "clock.h"
#include "powered.h"
#include "resets.h"
#include "simFlash.h"

enum { exitPowerCut = 75 };
/* Microseconds for which it is off. */
static const uint64_t off = 10000000;

static void powerFails(void) {
	if (getenv("LOAM_POWER_RETURNS") && simPoweredRestarts())
		simPoweredCut(off);
	fflush(stdout);
	fprintf(stderr, "the power fails\n");
	_exit(exitPowerCut);
}

int simFlashFailsNow(void) {
	const char *times = getenv("LOAM_FLASH_FAILS");
	const double now = (double)simClockNow() / 1e6;
	double from, to;
	return times && sscanf(times, "%lf-%lf", &from, &to) == 2 && now >= from && now < to;
}

void simFlashPlanCut(void) {
	const char *power = getenv("LOAM_POWER_CUT");
	const double given = power ? strtod(power, NULL) : 0;
	const uint64_t done = simPowered()->flashAccesses;
	double fraction;
	const uint64_t drawn = simResetsFlash(&fraction);
	/* Programs of the run before this one have taken some of them. */
	if ((uint64_t)given > done)
		simFlashCutPower((uint64_t)given - done, given - (double)(uint64_t)given, powerFails);
	if (drawn)
		simFlashCutPower(drawn, fraction, simResetsNow);
}
