#include "simHal.h"

#include "clock.h"
#include "powered.h"

/* As esp_timer: it begins with the program. */
static uint64_t programTime(void) {
	return simClockNow() - simPowered()->startedAt;
}

static void spiTransfer(void *context, const uint8_t *out, uint8_t *in, size_t bytes) {
	SimHal *sim = context;
	sim->pins.transfer(sim->pins.chip, out, in, bytes);
	/* 8 MHz, and a little for select. */
	sim->microsecondsOfSpi += bytes + 2;
	simClockAdvance(bytes + 2);
}

static void reset(void *context, bool held) {
	SimHal *sim = context;
	sim->pins.reset(sim->pins.chip, held);
}

static bool busy(void *context) {
	SimHal *sim = context;
	return sim->pins.busy(sim->pins.chip);
}

static bool dio(void *context, unsigned number) {
	SimHal *sim = context;
	return sim->pins.dio(sim->pins.chip, number);
}

static uint64_t edgeTime(void *context) {
	return ((SimHal *)context)->edge;
}

static void delayMicroseconds(void *context, uint32_t microseconds) {
	(void)context;
	simClockAdvance(microseconds);
}

static uint64_t nowMicroseconds(void *context) {
	(void)context;
	return programTime();
}

static void alarmDue(void *context) {
	SimHal *sim = context;
	const uint64_t at = simClockAfterStall(simClockNow());
	sim->alarm = at > simClockNow() ? simClockAt(at, alarmDue, sim) : 0;
	if (sim->alarm)
		return;
	sim->wake(sim->owner);
}

static void wakeAt(void *context, uint64_t when) {
	SimHal *sim = context;
	simClockCancel(sim->alarm);
	sim->alarm =
		when == LORA_HAL_NEVER ? 0 : simClockAt(simClockAfterStall(when + simPowered()->startedAt), alarmDue, sim);
}

/* As on an ESP32: an edge of BUSY is lost in light sleep, and waking from it would make the time of the transmission's end inexact. */
static void keepAwake(const SimHal *sim) {
	simClockKeepAwake(SIM_AWAKE_RADIO, sim->isWatchingBusy || sim->antenna == LORA_ANTENNA_TX);
}

static void watchBusy(void *context, bool on) {
	SimHal *sim = context;
	sim->isWatchingBusy = on;
	sim->wasBusy = on;
	keepAwake(sim);
}

static void antenna(void *context, LoraAntenna path) {
	SimHal *sim = context;
	sim->antenna = path;
	keepAwake(sim);
}

static void wakeNow(void *context) {
	SimHal *sim = context;
	sim->wakeEvent = 0;
	sim->wake(sim->owner);
}

/* What has fallen due before script's call happens before it; nothing does in it, as it runs no script. */
static void lock(void *context) {
	(void)context;
	simClockNow();
}

static void unlock(void *context) {
	(void)context;
}

static void deliverNow(void *context) {
	SimHal *sim = context;
	sim->delivery = 0;
	sim->deliver(sim->owner); /* may free `sim` */
}

static void post(void *context) {
	SimHal *sim = context;
	if (sim->deliver && !sim->delivery)
		sim->delivery = simClockTaskAt(simClockNow(), deliverNow, sim);
}

void simHalPinsChanged(void *context) {
	SimHal *sim = context;
	bool isEdge = false;
	unsigned i;
	for (i = 0; i < 2; i++) {
		const bool level = dio(sim, i);
		if (level && !sim->level[i]) {
			isEdge = true;
			/* The interrupt's handler is in flash. */
			sim->edge = simClockAfterStall(simClockNow()) - simPowered()->startedAt;
		}
		sim->level[i] = level;
	}
	if (sim->isWatchingBusy && sim->wasBusy && !busy(sim)) {
		isEdge = true;
		sim->wasBusy = false;
	}
	if (isEdge && !sim->wakeEvent)
		sim->wakeEvent = simClockAt(simClockAfterStall(simClockNow()), wakeNow, sim);
}

void simHalConnect(
	SimHal *sim, LoraHal *hal, const SimPins *pins, LoraHalWake wake, LoraHalDeliver deliver, void *owner) {
	*sim = (SimHal){ .pins = *pins, .wake = wake, .deliver = deliver, .owner = owner };
	*hal = (LoraHal){ sim, spiTransfer, reset, busy, dio, edgeTime, delayMicroseconds, nowMicroseconds, wakeAt,
		watchBusy, antenna, lock, unlock, post };
}

void simHalDisconnect(SimHal *sim) {
	simClockCancel(sim->alarm);
	simClockCancel(sim->wakeEvent);
	simClockCancel(sim->delivery);
	sim->alarm = sim->wakeEvent = sim->delivery = 0;
}
