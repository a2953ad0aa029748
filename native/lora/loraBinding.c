#include "xsmc.h"
#include "mc.xs.h"
#include "airtime.h"
#include "lora.h"

typedef struct {
	LoraRadio radio; /* first: the destructor frees it */
	xsMachine *the;
	xsSlot object, callback;
	bool isOpen, isClosing;
} Binding;

/* Value of a transmission's end, lora.ts: `transmitted`. */
static const int32_t transmitted = 0x7fffffff;

static void onEvent(void *context, const LoraEvent *event) {
	Binding *binding = context;
	xsBeginHost(binding->the);
	xsmcVars(8);
	xsmcSetInteger(xsVar(0), event->kind);
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

static void closeBinding(Binding *binding) {
	xsMachine *the = binding->the;
	loraHalClose(&binding->radio.hal);
	xsForget(binding->object);
	xsForget(binding->callback);
	c_free(binding);
}

/* Script may close the radio in a callback: it is freed after the driver has returned from it. */
static void wake(void *owner) {
	Binding *binding = owner;
	loraWake(&binding->radio);
	if (binding->isClosing)
		closeBinding(binding);
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
	Binding *binding = xsmcGetHostData(xsThis);
	if (!binding || !binding->isOpen)
		xsUnknownError("the radio is closed");
	return binding;
}

static const int32_t *numbersOf(xsMachine *the, xsSlot *slot, xsUnsignedValue expected) {
	void *data;
	xsUnsignedValue count;
	xsmcGetBufferReadable(*slot, &data, &count);
	if (count < expected * sizeof(int32_t))
		xsRangeError("radio: %d settings: %d expected", (int)(count / sizeof(int32_t)), (int)expected);
	return data;
}

/* board: LoraBoard, then LoraPins, in order (lora.ts); callback */
void xs_lora_open(xsMachine *the) {
	enum { boardNumbers = sizeof(LoraBoard) / sizeof(int32_t), pinNumbers = sizeof(LoraPins) / sizeof(int32_t) };
	const int32_t *numbers = numbersOf(the, &xsArg(0), boardNumbers + pinNumbers);
	const LoraBoard board = *(const LoraBoard *)(const void *)numbers;
	const LoraPins pins = *(const LoraPins *)(const void *)(numbers + boardNumbers);
	LoraRefusal refusal;
	LoraHal hal = { 0 };
	Binding *binding = c_calloc(1, sizeof *binding);
	if (!binding)
		xsUnknownError("radio: no memory");
	if (loraOpen(&binding->radio, &board, &hal, onEvent, binding, &refusal)) {
		c_free(binding);
		xsRangeError("%s", refusal.text);
	}
	if (!loraHalOpen(&binding->radio.hal, &board, &pins, the, wake, binding)) {
		c_free(binding);
		xsUnknownError(
			"radio: SPI host %d or one of its pins is not available: clock, dataOut, dataIn, select, reset and "
			"dio1 are needed, and busy (SX126x) or dio0 (SX127x)",
			(int)pins.spi);
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
	Binding *binding = xsmcGetHostData(xsThis);
	if (!binding)
		return;
	xsmcSetHostData(xsThis, NULL);
	binding->isOpen = false;
	loraAbandon(&binding->radio);
	if (binding->radio.isRunning)
		binding->isClosing = true;
	else
		closeBinding(binding);
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

static Settings settingsOf(xsMachine *the, xsSlot *slot) {
	return *(const Settings *)(const void *)numbersOf(the, slot, sizeof(Settings) / sizeof(int32_t));
}

void xs_lora_transmit(xsMachine *the) {
	Binding *binding = bindingOf(the);
	const Settings settings = settingsOf(the, &xsArg(1));
	LoraRefusal refusal;
	void *data;
	xsUnsignedValue count;
	xsmcGetBufferReadable(xsArg(0), &data, &count);
	if (loraTransmit(&binding->radio, &settings.modulation, settings.power, data, count, &refusal))
		xsRangeError("%s", refusal.text);
}

void xs_lora_receive(xsMachine *the) {
	Binding *binding = bindingOf(the);
	const Settings settings = settingsOf(the, &xsArg(0));
	const double at = xsmcToNumber(xsArg(1));
	const LoraListen listen = { settings.modulation, at > 0 ? (uint64_t)(at * 1000.0) : 0, settings.timeoutSymbols,
		settings.timeout };
	LoraRefusal refusal;
	if (loraReceive(&binding->radio, &listen, &refusal))
		xsRangeError("%s", refusal.text);
}

void xs_lora_detect(xsMachine *the) {
	Binding *binding = bindingOf(the);
	const Settings settings = settingsOf(the, &xsArg(0));
	LoraRefusal refusal;
	if (loraDetect(&binding->radio, &settings.modulation, &refusal))
		xsRangeError("%s", refusal.text);
}

void xs_lora_measure(xsMachine *the) {
	Binding *binding = bindingOf(the);
	const Settings settings = settingsOf(the, &xsArg(0));
	LoraRefusal refusal;
	if (loraMeasure(&binding->radio, &settings.modulation, settings.timeout, &refusal))
		xsRangeError("%s", refusal.text);
}

void xs_lora_random(xsMachine *the) {
	loraRandom(&bindingOf(the)->radio);
}

void xs_lora_sleep(xsMachine *the) {
	Binding *binding = bindingOf(the);
	loraSleep(&binding->radio, xsmcTest(xsArg(0)));
}

void xs_lora_standby(xsMachine *the) {
	loraStandby(&bindingOf(the)->radio);
}

/* bytes, sf, bandwidth, codingRate, preamble, crc, header */
void xs_lora_airtime(xsMachine *the) {
	LoraFrameShape shape;
	const int32_t bytes = xsmcToInteger(xsArg(0));
	shape.sf = xsmcToInteger(xsArg(1));
	shape.bandwidth = xsmcToInteger(xsArg(2));
	shape.codingRate = xsmcToInteger(xsArg(3));
	shape.preamble = xsmcToInteger(xsArg(4));
	shape.crc = xsmcTest(xsArg(5));
	shape.header = xsmcTest(xsArg(6));
	if (bytes < 0 || bytes > 255 || shape.sf < 5 || shape.sf > 12 || shape.bandwidth < 7810 ||
		shape.bandwidth > 500000 || shape.codingRate < 5 || shape.codingRate > 8 || shape.preamble < 0)
		xsRangeError("airtime: %d bytes at SF%d, %d Hz, 4/%d: not supported by any chip", (int)bytes, (int)shape.sf,
			(int)shape.bandwidth, (int)shape.codingRate);
	xsmcSetNumber(xsResult, (double)loraAirtime(&shape, bytes));
}
