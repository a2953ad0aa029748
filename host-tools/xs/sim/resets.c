#include "resets.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "powered.h"
#include "../../../native/sleep/retained.h"
#include "../../../native/sleep/sleepHal.h"

const char *const simPhaseNames[SIM_PHASES] = { "start", "sampling", "features", "flash", "retain", "tx", "rx1", "rx2",
	"fallingAsleep", "asleep", "moment" };
const char *const simResetNames[SIM_RESETS] = { "kept", "damaged", "power", "flipped" };

/* The start of the node is no later than this before its window, microseconds; and it computes at least so long. */
static const uint64_t startTime = 1000000, computing = 40000;
/* Most accesses of flash and RTC memory in a program that are worth it. */
enum { accesses = 12 };

static struct {
	int phase; /* -1: nothing happens */
	SimResetKind kind;
	unsigned occurrence; /* of the phase, from 1 */
	double fraction;
} plan = { .phase = -1 };
static struct {
	uint64_t at;
	SimResetKind kind;
} moment = { .at = UINT64_MAX };
static uint64_t state;

static double draw(void) {
	/* splitmix64 */
	uint64_t z = (state += 0x9E3779B97F4A7C15u);
	z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
	z = (z ^ z >> 27) * 0x94D049BB133111EBu;
	return (double)((z ^ z >> 31) >> 11) / 9007199254740992.0;
}

static void due(void *context) {
	(void)context;
	simResetsNow();
}

/* The next of the given moments, UINT64_MAX: none. A reset in a program's first instant would be the one that began it. */
static uint64_t nextMoment(SimResetKind *kind) {
	const char *text = getenv("LOAM_RESETS_AT");
	char name[16];
	double seconds;
	int length, i;
	for (; text && *text; text += length + (text[length] == ',')) {
		length = 0;
		if (sscanf(text, "%lf %15[a-z]%n", &seconds, name, &length) != 2)
			break;
		if ((uint64_t)(seconds * 1e6) <= simPowered()->startedAt)
			continue;
		for (i = 0; i < SIM_RESETS; i++)
			if (!strcmp(name, simResetNames[i]))
				*kind = (SimResetKind)i;
		return (uint64_t)(seconds * 1e6);
	}
	return UINT64_MAX;
}

static void takeMoment(void *context) {
	plan.phase = SIM_PHASE_MOMENT;
	plan.kind = moment.kind;
	(void)context;
	simResetsNow();
}

void simResetsBegin(void) {
	const char *text = getenv("LOAM_RESETS");
	unsigned long seed;
	double probability, window;
	const uint64_t began = simClockNow();
	plan.phase = -1;
	moment.at = nextMoment(&moment.kind);
	if (moment.at != UINT64_MAX)
		simClockAt(moment.at, takeMoment, NULL);
	if (!text || sscanf(text, "%lu,%lf,%lf", &seed, &probability, &window) != 3)
		return;
	state = seed * 1000003u + simPowered()->starts;
	if (draw() >= probability)
		return;
	plan.phase = (int)(draw() * SIM_DRAWN_PHASES);
	plan.kind = (SimResetKind)(draw() * SIM_RESETS);
	plan.occurrence = 1;
	plan.fraction = draw();
	if (plan.phase == SIM_PHASE_FLASH || plan.phase == SIM_PHASE_RETAIN)
		plan.occurrence = 1 + (unsigned)(draw() * accesses);
	if (plan.phase == SIM_PHASE_START)
		simClockAt(began + (uint64_t)(plan.fraction * startTime), due, NULL);
	if (plan.phase == SIM_PHASE_SAMPLING)
		simClockAt(began + startTime + (uint64_t)(plan.fraction * window * 1e6), due, NULL);
	/* Earlier than the end of a window that begins at once. */
	if (plan.phase == SIM_PHASE_FEATURES)
		simClockAt(began + (simPowered()->cause == SIM_STARTS_WOKEN ? startTime - 300000 : 0) +
				(uint64_t)(window * 1e6 + plan.fraction * computing),
			due, NULL);
}

static int isDue(SimPhase phase) {
	return plan.phase == (int)phase && --plan.occurrence == 0;
}

void simResetsWithin(SimPhase phase, uint64_t microseconds) {
	if (isDue(phase))
		simClockAt(simClockNow() + (uint64_t)(plan.fraction * (double)microseconds), due, NULL);
}

void simResetsHere(SimPhase phase) {
	if (isDue(phase))
		simResetsNow();
}

uint64_t simResetsAsleep(uint64_t microseconds) {
	const uint64_t now = simClockNow();
	const uint64_t drawn = isDue(SIM_PHASE_ASLEEP) ? (uint64_t)(plan.fraction * (double)microseconds) : UINT64_MAX;
	const uint64_t given = moment.at == UINT64_MAX ? UINT64_MAX : moment.at < now ? 0 : moment.at - now;
	if (given < microseconds && given < drawn) {
		plan.phase = SIM_PHASE_MOMENT;
		plan.kind = moment.kind;
		return given;
	}
	return drawn;
}

uint64_t simResetsFlash(double *fraction) {
	*fraction = plan.fraction;
	return plan.phase == SIM_PHASE_FLASH ? plan.occurrence : 0;
}

static void damageMemory(void) {
	int isNew, i;
	uint8_t *memory = simPoweredMemory(SIM_POWERED_RETAINED, SLEEP_RETAINED_BYTES, &isNew);
	for (i = 0; i < 64; i++)
		memory[(unsigned)(draw() * SLEEP_RETAINED_BYTES)] ^= (uint8_t)(1u << (unsigned)(draw() * 8));
	/* Both copies' heads as well: the rest may be beyond the records. */
	for (i = 0; i < 2; i++)
		((RetainedHead *)(memory + i * (SLEEP_STATE_BYTES / 2)))->crc ^= 0x10;
}

/* Of the state's two copies the newer one. */
static void flipBit(void) {
	int isNew;
	uint8_t *memory = simPoweredMemory(SIM_POWERED_RETAINED, SLEEP_RETAINED_BYTES, &isNew);
	RetainedHead *first = (RetainedHead *)memory, *second = (RetainedHead *)(memory + SLEEP_STATE_BYTES / 2);
	RetainedHead *newer = (int32_t)(second->sequence - first->sequence) > 0 ? second : first;
	const double bits = 8.0 * (double)(sizeof *newer + newer->length);
	const unsigned bit = (unsigned)(draw() * bits);
	((uint8_t *)newer)[bit / 8] ^= (uint8_t)(1u << bit % 8);
}

void simResetsNow(void) {
	if (plan.phase < 0)
		return;
	simPowered()->resets[plan.phase][plan.kind]++;
	if (plan.kind == SIM_RESET_POWER)
		simPoweredCut((uint64_t)(draw() * 600e6));
	if (plan.kind == SIM_RESET_DAMAGED)
		damageMemory();
	if (plan.kind == SIM_RESET_FLIPPED)
		flipBit();
	simPoweredReset(SIM_STARTS_RESET);
}
