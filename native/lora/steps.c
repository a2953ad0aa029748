#include "steps.h"

#include "airtime.h"

/* Longest that BUSY may stay high: calibration with a slow TCXO takes a tenth of it. */
static const uint64_t busyLimit = 100000;

uint64_t loraNow(const LoraRadio *radio) {
	return radio->hal.nowMicroseconds(radio->hal.context);
}

void loraPause(LoraRadio *radio, uint64_t microseconds) {
	radio->notBefore = loraNow(radio) + microseconds;
}

void loraSetDeadline(LoraRadio *radio, uint64_t microseconds) {
	radio->deadline = loraNow(radio) + microseconds;
}

uint64_t loraPacketTime(const LoraRadio *radio, size_t bytes) {
	const LoraModulation *m = &radio->listen.modulation;
	const LoraFrameShape shape = { m->sf, m->bandwidth, m->codingRate, m->preamble, m->crc != 0, !m->implicitLength };
	return loraAirtime(&shape, (int32_t)bytes);
}

bool loraIsEndless(const LoraRadio *radio) {
	return !radio->listen.timeout && !radio->listen.timeoutSymbols;
}

static LoraStepResult holdReset(LoraRadio *radio) {
	radio->hal.antenna(radio->hal.context, LORA_ANTENNA_OFF);
	radio->hal.reset(radio->hal.context, true);
	loraPause(radio, 200); /* 100 in both families' data sheets */
	return LORA_STEP_NEXT;
}

static LoraStepResult releaseReset(LoraRadio *radio) {
	radio->hal.reset(radio->hal.context, false);
	radio->powerState = LORA_POWER_UNKNOWN;
	radio->calibratedFor = 0;
	loraPause(radio, loraIsSx126x(radio) ? 1000 : 5000); /* SX1276 7.2.2: 5 ms */
	return LORA_STEP_NEXT;
}

/* From a chip asleep to a window that opens. */
static uint64_t leadTime(const LoraRadio *radio, bool isWarm) {
	return (isWarm ? 3000 : 25000) + 2 * (uint64_t)radio->board.tcxoDelay;
}

/* Wakes late enough to be just in time for the window. */
static LoraStepResult sleepUntilWindow(LoraRadio *radio) {
	const uint64_t lead =
		leadTime(radio, radio->powerState == LORA_POWER_STANDBY || radio->powerState == LORA_POWER_WARM_SLEEP);
	if (radio->listen.at > radio->notBefore + lead)
		radio->notBefore = radio->listen.at - lead;
	return LORA_STEP_NEXT;
}

static const LoraStep resetSteps[] = { holdReset, releaseReset, NULL };
static const LoraStep waitSteps[] = { sleepUntilWindow, NULL };

/* Shorter pauses (microseconds) before a window are not slept through. */
static const uint64_t worthSleeping = 5000;

static const LoraFamily *family(const LoraRadio *radio) {
	return loraIsSx126x(radio) ? &loraSx126x : &loraSx127x;
}

static void setProgram(LoraRadio *radio, int parts) {
	radio->program[parts] = NULL;
	radio->part = 0;
	radio->phase = 0;
	radio->step = parts ? radio->program[0] : NULL;
	radio->notBefore = 0;
	radio->deadline = LORA_HAL_NEVER;
	radio->busySince = 0;
	radio->generation++;
}

void loraBegin(LoraRadio *radio, LoraOperation operation) {
	const LoraFamily *chip = family(radio);
	/* A chip that already sleeps is not woken for it. */
	const bool isAsleep = operation == LORA_SLEEP && radio->operation == LORA_IDLE &&
		radio->powerState == (radio->isWarm ? LORA_POWER_WARM_SLEEP : LORA_POWER_COLD_SLEEP);
	/* A chip that has just been sent to sleep is left alone for as long as it needs to get there (SX126x, 9.3). */
	const uint64_t settled =
		LORA_ERRATUM(settle) && radio->operation == LORA_SLEEP && radio->powerState >= LORA_POWER_WARM_SLEEP
		? radio->notBefore
		: 0;
	int parts = 0;
	radio->operation = operation;
	radio->isFailing = false;
	radio->outcome = (LoraEvent){ .kind = LORA_EVENT_DONE, .operation = operation };
	if (operation == LORA_RECEIVE && radio->listen.at)
		radio->program[parts++] = waitSteps;
	if (radio->powerState == LORA_POWER_UNKNOWN)
		radio->program[parts++] = resetSteps;
	if (radio->powerState == LORA_POWER_WARM_SLEEP)
		radio->program[parts++] = chip->wakeWarm;
	if (radio->powerState == LORA_POWER_COLD_SLEEP)
		radio->program[parts++] = chip->wakeCold;
	if (radio->powerState == LORA_POWER_UNKNOWN || radio->powerState == LORA_POWER_COLD_SLEEP)
		radio->program[parts++] = chip->start;
	radio->program[parts++] = chip->operations[operation];
	setProgram(radio, isAsleep ? 0 : parts);
	radio->notBefore = settled;
	/* Deferred: no event is reported before the call has returned. */
	radio->hal.wakeAt(radio->hal.context, loraNow(radio));
}

LoraStepResult loraFinish(LoraRadio *radio, LoraEventKind kind, int32_t value) {
	radio->outcome = (LoraEvent){
		.kind = kind, .operation = radio->operation, .value = value, .time = radio->hal.edgeTime(radio->hal.context)
	};
	return LORA_STEP_DONE;
}

LoraStepResult loraFail(LoraRadio *radio, LoraFault fault, const char *text) {
	radio->outcome = (LoraEvent){ .kind = LORA_EVENT_ERROR,
		.operation = radio->operation,
		.value = (int32_t)fault,
		.text = text,
		.time = loraNow(radio) };
	return LORA_STEP_FAILED;
}

/* The operation has ended; the callback may begin the next at once. */
static void end(LoraRadio *radio) {
	radio->step = NULL;
	radio->operation = LORA_IDLE;
	radio->hal.wakeAt(radio->hal.context, LORA_HAL_NEVER);
	radio->hal.antenna(radio->hal.context, LORA_ANTENNA_OFF);
}

void loraAbandon(LoraRadio *radio) {
	radio->hal.lock(radio->hal.context);
	setProgram(radio, 0);
	radio->operation = LORA_IDLE;
	radio->windowCount = 0;
	radio->ticket++;
	radio->hal.unlock(radio->hal.context);
}

void loraReport(LoraRadio *radio, LoraEvent event) {
	event.window = radio->window;
	event.ticket = radio->ticket;
	radio->callback(radio->context, &event);
}

/* After a transmission and after each of its windows: the next one, which the chip sleeps up to. Script has no part in it. */
static void beginWindow(LoraRadio *radio) {
	const LoraFamily *chip = family(radio);
	const LoraWindow *window = &radio->windows[++radio->window];
	const uint64_t at = radio->sentAt + (uint64_t)window->delay, now = loraNow(radio);
	int parts = 0;
	radio->listen =
		(LoraListen){ .modulation = window->modulation, .at = at, .timeoutSymbols = window->timeoutSymbols };
	radio->operation = LORA_RECEIVE;
	radio->isWarm = true;
	radio->outcome = (LoraEvent){ .kind = LORA_EVENT_DONE, .operation = LORA_RECEIVE };
	if (now > at + LORA_WINDOW_TOO_LATE) {
		radio->outcome.kind = LORA_EVENT_NOTHING;
		radio->outcome.time = now;
	} else if (radio->powerState == LORA_POWER_UNKNOWN) {
		/* The chip failed in the window before, and has been reset. */
		radio->program[parts++] = waitSteps;
		radio->program[parts++] = chip->start;
		radio->program[parts++] = chip->operations[LORA_RECEIVE];
	} else {
		if (now + worthSleeping + leadTime(radio, true) < at) {
			radio->program[parts++] = chip->doze;
			radio->program[parts++] = waitSteps;
			radio->program[parts++] = chip->wakeWarm;
		}
		radio->program[parts++] = chip->operations[LORA_RECEIVE];
	}
	setProgram(radio, parts);
}

static void beginFailure(LoraRadio *radio) {
	if (!LORA_ERRATUM(reset)) {
		setProgram(radio, 0);
		return;
	}
	radio->isFailing = true;
	radio->powerState = LORA_POWER_UNKNOWN;
	radio->program[0] = resetSteps;
	setProgram(radio, 1);
}

static void programEnded(LoraRadio *radio) {
	const LoraEvent event = radio->outcome;
	radio->isFailing = false;
	end(radio);
	loraReport(radio, event);
	if (radio->operation != LORA_IDLE)
		return; /* the callback has begun another operation */
	if (event.operation == LORA_TRANSMIT)
		radio->sentAt = event.time;
	/* A window that failed does not take the next one with it; a transmission that failed has none. */
	if ((event.kind != LORA_EVENT_ERROR || event.operation == LORA_RECEIVE) && radio->window + 1 < radio->windowCount)
		beginWindow(radio);
}

/* True when the next step may run now; else a wake is requested. */
static bool isReady(LoraRadio *radio) {
	const LoraHal *hal = &radio->hal;
	const uint64_t now = loraNow(radio);
	const LoraStep *part = radio->program[radio->part];
	const bool isAsleep = radio->powerState == LORA_POWER_WARM_SLEEP || radio->powerState == LORA_POWER_COLD_SLEEP;
	if (radio->notBefore > now) {
		hal->wakeAt(hal->context, radio->notBefore);
		return false;
	}
	/* A chip asleep holds BUSY high until select wakes it; in reset its level is undefined. */
	if (isAsleep || part == resetSteps || part == waitSteps || !hal->busy(hal->context)) {
		if (radio->busySince)
			hal->watchBusy(hal->context, false);
		radio->busySince = 0;
		return true;
	}
	if (!radio->busySince) {
		radio->busySince = now;
		hal->watchBusy(hal->context, true);
		if (!hal->busy(hal->context))
			return isReady(radio); /* it fell before the watch was on */
	}
	if (now - radio->busySince >= busyLimit + (uint64_t)radio->board.tcxoDelay) {
		hal->watchBusy(hal->context, false);
		loraFail(radio, LORA_FAULT_BUSY_STUCK, "the chip holds BUSY high: no power, a broken line, or it hangs");
		beginFailure(radio);
		return true;
	}
	hal->wakeAt(hal->context, radio->busySince + busyLimit + (uint64_t)radio->board.tcxoDelay);
	return false;
}

static void nextStep(LoraRadio *radio) {
	radio->phase = 0;
	radio->step++;
	while (radio->step && !*radio->step)
		radio->step = radio->program[++radio->part];
}

/* False when nothing is left to do now. */
static bool runStep(LoraRadio *radio) {
	const uint32_t generation = radio->generation;
	const LoraStepResult result = (*radio->step)(radio);
	if (radio->generation != generation)
		return true; /* the callback began another operation */
	switch (result) {
	case LORA_STEP_NEXT:
		nextStep(radio);
		break;
	case LORA_STEP_AGAIN:
		radio->phase++;
		break;
	case LORA_STEP_DONE:
		radio->step = NULL;
		break;
	case LORA_STEP_FAILED:
		beginFailure(radio);
		break;
	case LORA_STEP_WAIT:
		if (loraNow(radio) >= radio->deadline) {
			loraFail(radio, LORA_FAULT_NO_INTERRUPT,
				"the chip did not complete the operation in time: it hangs, or its DIO line is not connected");
			beginFailure(radio);
			break;
		}
		radio->hal.wakeAt(radio->hal.context, radio->deadline);
		return false;
	}
	return true;
}

static void advance(LoraRadio *radio) {
	while (radio->operation != LORA_IDLE) {
		if (!radio->step)
			programEnded(radio);
		else if (!isReady(radio) || (radio->step && !runStep(radio)))
			break;
	}
}

void loraWake(void *owner) {
	LoraRadio *radio = owner;
	radio->isWoken = true;
	if (radio->isRunning)
		return; /* an interrupt meanwhile: once more, below */
	radio->isRunning = true;
	radio->hal.lock(radio->hal.context);
	while (radio->isWoken) {
		radio->isWoken = false;
		advance(radio);
	}
	radio->hal.unlock(radio->hal.context);
	radio->isRunning = false;
}
