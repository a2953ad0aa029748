#include "xsmc.h"
#include "xsHost.h"
#include "mc.xs.h"
#include "airtime.h"
#include "arguments.h"
#include "events.h"
#include "lora.h"

typedef struct {
	LoraRadio radio; /* first: the destructor frees it */
	LoraEvents events;
	xsMachine *the;
	xsSlot object, callback;
	bool isOpen, isDelivering;
} Binding;

/* Value of a transmission's end, lora.ts: `transmitted`. */
static const int32_t transmitted = 0x7fffffff;

/* In the driver's task, under its lock. */
static void onEvent(void *context, const LoraEvent *event) {
	Binding *binding = context;
	loraEventsPut(&binding->events, event);
	binding->radio.hal.post(binding->radio.hal.context);
}

/* `kind` has the window, counted from 1, in its upper bits (lora.ts). */
static void tell(const Binding *binding, const LoraEvent *event) {
	xsBeginHost(binding->the);
	xsmcVars(8);
	xsmcSetInteger(xsVar(0), event->kind | (event->window + 1) << 4);
	xsmcSetNumber(xsVar(1), (double)event->time / 1000.0);
	xsmcSetInteger(xsVar(2),
		event->kind == LORA_EVENT_PACKET                                          ? event->frequencyError
			: event->operation == LORA_TRANSMIT && event->kind == LORA_EVENT_DONE ? transmitted
																				  : event->value);
	xsmcSetNumber(xsVar(3), (double)event->rssi);
	xsmcSetNumber(xsVar(4), (double)event->snr);
	if (event->kind == LORA_EVENT_PACKET)
		xsmcSetArrayBuffer(xsVar(5), (void *)event->payload, (xsIntegerValue)event->bytes);
	if (event->text)
		xsmcSetString(xsVar(6), (char *)event->text);
	xsVar(7) = binding->callback;
	xsCallFunction7(xsVar(7), binding->object, xsVar(0), xsVar(1), xsVar(2), xsVar(3), xsVar(4), xsVar(5), xsVar(6));
	xsEndHost(binding->the);
}

static void wake(void *owner) {
	loraWake(&((Binding *)owner)->radio);
}

static bool takeEvent(Binding *binding, LoraEvent *event, uint8_t *payload) {
	LoraRadio *radio = &binding->radio;
	bool isThere;
	radio->hal.lock(radio->hal.context);
	isThere = loraEventsTake(&binding->events, radio->ticket, event, payload);
	radio->hal.unlock(radio->hal.context);
	return isThere;
}

static void release(Binding *binding) {
	xsMachine *the = binding->the;
	xsForget(binding->object);
	xsForget(binding->callback);
	c_free(binding);
}

/* In script's task. Script may close the radio in a callback: then it is freed here. */
static void deliver(void *owner) {
	Binding *binding = owner;
	uint8_t payload[LORA_LARGEST_PACKET];
	LoraEvent event;
	binding->isDelivering = true;
	while (binding->isOpen && takeEvent(binding, &event, payload))
		tell(binding, &event);
	binding->isDelivering = false;
	if (!binding->isOpen)
		release(binding);
}

void xs_lora_destructor(void *data) {
	Binding *binding = data;
	if (!binding)
		return;
	if (binding->isOpen)
		loraHalClose(&binding->radio.hal);
	c_free(binding);
}

static Binding *bindingOf(xsMachine *the) {
	Binding *binding = hostDataOf(the, &xsThis, xs_lora_destructor, "radio");
	if (!binding || !binding->isOpen)
		xsUnknownError("the radio is closed");
	return binding;
}

/* Copies int32_t numbers out of a buffer, which need not be aligned. */
static void takeNumbers(xsMachine *the, int argument, void *to, size_t bytes) {
	void *data;
	xsUnsignedValue count;
	xsmcGetBufferReadable(xsArg(argument), &data, &count);
	if (count < bytes)
		xsRangeError("radio: %d settings: %d expected", (int)(count / sizeof(int32_t)), (int)(bytes / sizeof(int32_t)));
	c_memcpy(to, data, bytes);
}

/* board: LoraBoard, then LoraPins, in order (lora.ts); callback */
void xs_lora_open(xsMachine *the) {
	struct {
		LoraBoard board;
		LoraPins pins;
	} numbers;
	LoraRefusal refusal;
	LoraHal hal = { 0 };
	Binding *binding;
	takeNumbers(the, 0, &numbers, sizeof numbers);
	if (!xsmcIsCallable(xsArg(1)))
		xsTypeError("radio: what hears its events is no function");
	checkUnconstructed(the, xs_lora_destructor, "radio");
	binding = c_calloc(1, sizeof *binding);
	if (!binding)
		xsUnknownError("radio: no memory");
	if (loraOpen(&binding->radio, &numbers.board, &hal, onEvent, binding, &refusal)) {
		c_free(binding);
		xsRangeError("%s", refusal.text);
	}
	if (!loraHalOpen(&binding->radio.hal, &numbers.board, &numbers.pins, the, wake, deliver, binding)) {
		c_free(binding);
		xsUnknownError(
			"radio: SPI host %d or one of its pins is not available: clock, dataOut, dataIn, select, reset and "
			"dio1 are needed, and busy (SX126x) or dio0 (SX127x)",
			(int)numbers.pins.spi);
	}
	binding->the = the;
	binding->isOpen = true;
	binding->object = xsThis;
	binding->callback = xsArg(1);
	xsRemember(binding->object);
	xsRemember(binding->callback);
	xsmcSetHostData(xsThis, binding);
}

void xs_lora_close(xsMachine *the) {
	Binding *binding = hostDataOf(the, &xsThis, xs_lora_destructor, "radio");
	if (!binding)
		return;
	xsmcSetHostData(xsThis, NULL);
	binding->isOpen = false;
	loraAbandon(&binding->radio);
	loraHalClose(&binding->radio.hal);
	if (!binding->isDelivering)
		release(binding);
}

void xs_lora_now(xsMachine *the) {
	const LoraHal *hal = &bindingOf(the)->radio.hal;
	xsmcSetNumber(xsResult, (double)hal->nowMicroseconds(hal->context) / 1000.0);
}

/* The settings that lora.ts fills: LoraModulation, power, timeoutSymbols, timeout. */
typedef struct {
	LoraModulation modulation;
	int32_t power, timeoutSymbols, timeout;
} Settings;

static Settings settingsOf(xsMachine *the, int argument) {
	Settings settings;
	takeNumbers(the, argument, &settings, sizeof settings);
	return settings;
}

/* payload, settings, windows: their number, and room for all */
void xs_lora_transmit(xsMachine *the) {
	struct {
		int32_t count;
		LoraWindow windows[LORA_WINDOWS];
	} listen;
	const Settings settings = settingsOf(the, 1);
	Binding *binding = bindingOf(the);
	LoraRefusal refusal;
	void *data;
	xsUnsignedValue count;
	takeNumbers(the, 2, &listen, sizeof listen);
	xsmcGetBufferReadable(xsArg(0), &data, &count);
	if (loraExchange(&binding->radio, &settings.modulation, settings.power, data, count, listen.windows,
			(size_t)listen.count, &refusal))
		xsRangeError("%s", refusal.text);
}

void xs_lora_receive(xsMachine *the) {
	/* ms; as many as microseconds are whole numbers in a double, 285 years */
	const double at = xsmcToNumber(xsArg(1));
	const Settings settings = settingsOf(the, 0);
	Binding *binding = bindingOf(the);
	LoraListen listen = { settings.modulation, 0, settings.timeoutSymbols, settings.timeout };
	LoraRefusal refusal;
	if (!(at <= 9007199254740.0))
		xsRangeError("radio: a time to listen at that is no number of ms below 9007199254740");
	if (at > 0)
		listen.at = (uint64_t)(at * 1000.0);
	if (loraReceive(&binding->radio, &listen, &refusal))
		xsRangeError("%s", refusal.text);
}

void xs_lora_detect(xsMachine *the) {
	const Settings settings = settingsOf(the, 0);
	Binding *binding = bindingOf(the);
	LoraRefusal refusal;
	if (loraDetect(&binding->radio, &settings.modulation, &refusal))
		xsRangeError("%s", refusal.text);
}

void xs_lora_measure(xsMachine *the) {
	const Settings settings = settingsOf(the, 0);
	Binding *binding = bindingOf(the);
	LoraRefusal refusal;
	if (loraMeasure(&binding->radio, &settings.modulation, settings.timeout, &refusal))
		xsRangeError("%s", refusal.text);
}

void xs_lora_random(xsMachine *the) {
	loraRandom(&bindingOf(the)->radio);
}

void xs_lora_sleep(xsMachine *the) {
	const bool isWarm = xsmcTest(xsArg(0));
	loraSleep(&bindingOf(the)->radio, isWarm);
}

void xs_lora_standby(xsMachine *the) {
	loraStandby(&bindingOf(the)->radio);
}

static int32_t shapeArgument(xsMachine *the, int index, const char *what) {
	return argumentInteger(the, index, what, INT32_MIN, INT32_MAX);
}

/* bytes, sf, bandwidth, codingRate, preamble, crc, header */
void xs_lora_airtime(xsMachine *the) {
	LoraFrameShape shape;
	const int32_t bytes = shapeArgument(the, 0, "airtime: bytes");
	shape.sf = shapeArgument(the, 1, "airtime: sf");
	shape.bandwidth = shapeArgument(the, 2, "airtime: bandwidth");
	shape.codingRate = shapeArgument(the, 3, "airtime: codingRate");
	shape.preamble = shapeArgument(the, 4, "airtime: preamble");
	shape.crc = xsmcTest(xsArg(5));
	shape.header = xsmcTest(xsArg(6));
	if (bytes < 0 || bytes > 255 || shape.sf < 5 || shape.sf > 12 || shape.bandwidth < 7810 ||
		shape.bandwidth > 500000 || shape.codingRate < 5 || shape.codingRate > 8 || shape.preamble < 0 ||
		shape.preamble > 65535)
		xsRangeError("airtime: %d bytes at SF%d, %d Hz, 4/%d, %d symbols of preamble: not supported by any chip",
			(int)bytes, (int)shape.sf, (int)shape.bandwidth, (int)shape.codingRate, (int)shape.preamble);
	xsmcSetNumber(xsResult, (double)loraAirtime(&shape, bytes));
}
