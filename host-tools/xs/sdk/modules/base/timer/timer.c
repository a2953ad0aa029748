/* The SDK's timer module on the virtual clock. */
#include "host.h"
#include "clock.h"

typedef struct {
	txMachine *the;
	txSlot self;
	txSlot callback;
	uint64_t due;    /* microseconds */
	uint64_t repeat; /* microseconds; 0 for a timer that runs once */
	uint32_t event;  /* 0 when not scheduled */
} Timer;

static void markTimer(txMachine *the, void *it, txMarkRoot markRoot) {
	Timer *timer = it;
	if (timer)
		(*markRoot)(the, &timer->callback);
}

static txHostHooks timerHooks = { NULL, markTimer, NULL };

/* As on the device: an interval is a whole number of milliseconds, not below 0. */
static uint64_t intervalOf(txMachine *the, txInteger argument) {
	txInteger milliseconds = hostArgc(the) > argument ? fxToInteger(the, mxArgv(argument)) : 0;
	return milliseconds > 0 ? (uint64_t)milliseconds * 1000 : 0;
}

static Timer *timerOf(txMachine *the, txSlot *slot) {
	txSlot *host = slot->kind == XS_REFERENCE_KIND ? slot->value.reference->next : NULL;
	(void)the;
	if (!host || host->kind != XS_HOST_KIND || !(host->flag & XS_HOST_HOOKS_FLAG))
		return NULL;
	return host->value.host.variant.hooks == &timerHooks ? host->value.host.data : NULL;
}

static void end(Timer *timer) {
	txMachine *the = timer->the;
	simClockCancel(timer->event);
	fxSetHostData(the, &timer->self, NULL);
	fxForget(the, &timer->self);
	free(timer);
}

static void fire(void *context) {
	Timer *timer = context;
	txMachine *the = timer->the;
	timer->event = 0;
	if (timer->repeat) {
		timer->due += timer->repeat;
		timer->event = simClockTaskAt(timer->due, fire, timer);
	}
	fxBeginHost(the);
	mxPushReference(timer->self.value.reference);
	mxTry(the) {
		txSlot *self = the->stack;
		mxPush(mxGlobal);
		mxPush(timer->callback);
		mxCall();
		mxPushSlot(self);
		mxRunCount(1);
		mxPop();
		/* The callback may have cleared the timer, or scheduled it again. */
		timer = timerOf(the, self);
		if (timer && !timer->event && !timer->repeat)
			end(timer);
	}
	mxCatch(the) {
		fxAbort(the, XS_UNHANDLED_EXCEPTION_EXIT);
	}
	fxEndHost(the);
}

static void schedule(Timer *timer, uint64_t first, uint64_t repeat) {
	simClockCancel(timer->event);
	timer->repeat = repeat;
	timer->due = simClockNow() + first;
	timer->event = simClockTaskAt(timer->due, fire, timer);
}

static void make(txMachine *the, uint64_t first, uint64_t repeat) {
	Timer *timer;
	fxArgToCallback(the, 0);
	timer = calloc(1, sizeof(Timer));
	timer->the = the;
	timer->callback.kind = mxArgv(0)->kind;
	timer->callback.value = mxArgv(0)->value;
	hostNewObject(the, NULL);
	mxPullSlot(mxResult);
	timer->self.kind = mxResult->kind;
	timer->self.value = mxResult->value;
	fxSetHostData(the, mxResult, timer);
	fxSetHostHooks(the, mxResult, &timerHooks);
	fxRemember(the, &timer->self);
	schedule(timer, first, repeat);
}

void xs_timer_set(txMachine *the) {
	uint64_t first = intervalOf(the, 1), repeat = intervalOf(the, 2);
	make(the, first, repeat);
}

void xs_timer_repeat(txMachine *the) {
	uint64_t interval = intervalOf(the, 1);
	make(the, interval, interval);
}

void xs_timer_schedule(txMachine *the) {
	txInteger count = hostArgc(the);
	/* First, as they may run script, which may clear the timer. */
	uint64_t first = intervalOf(the, 1), repeat = intervalOf(the, 2);
	Timer *timer = count ? timerOf(the, mxArgv(0)) : NULL;
	if (!timer)
		mxTypeError("no timer");
	if (count == 1) {
		simClockCancel(timer->event);
		timer->event = 0;
		timer->repeat = 1; /* keeps it: unscheduled, but not freed */
		return;
	}
	schedule(timer, first, repeat);
}

void xs_timer_clear(txMachine *the) {
	Timer *timer = hostArgc(the) ? timerOf(the, mxArgv(0)) : NULL;
	if (timer)
		end(timer);
}

void xs_timer_delay(txMachine *the) {
	simClockWait(intervalOf(the, 0));
}
