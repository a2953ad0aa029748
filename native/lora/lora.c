/* The interface: arguments are checked here, once; the rest is steps. */
#include "lora.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "steps.h"

const int32_t loraBandwidths[LORA_BANDWIDTHS] = { 7810, 10420, 15630, 20830, 31250, 41670, 62500, 125000, 250000,
	500000 };

/* Differences between the chips of a family. */
static const struct {
	const char *name;
	int32_t lowest, highest; /* MHz */
	int32_t minSf, maxSf, minBandwidth, minPower, maxPower;
} limits[LORA_CHIPS] = {
	[LORA_SX1261] = { "sx1261", 150, 960, 5, 12, 7810, -17, 15 },
	[LORA_SX1262] = { "sx1262", 150, 960, 5, 12, 7810, -9, 22 },
	[LORA_SX1268] = { "sx1268", 410, 810, 5, 12, 7810, -9, 22 },
	[LORA_SX1272] = { "sx1272", 860, 1020, 6, 12, 125000, 2, 20 },
	[LORA_SX1276] = { "sx1276", 137, 1020, 6, 12, 7810, 2, 20 },
	[LORA_SX1277] = { "sx1277", 137, 1020, 6, 9, 7810, 2, 20 },
	[LORA_SX1278] = { "sx1278", 137, 525, 6, 12, 7810, 2, 20 },
};

static const char *refuse(LoraRefusal *refusal, const char *format, ...) {
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(refusal->text, sizeof refusal->text, format, arguments);
	va_end(arguments);
	return refusal->text;
}

#define CHECK(name, value, low, high) \
	if ((value) < (low) || (value) > (high)) \
	return refuse(refusal, "radio: " name " %" PRId32 ": %" PRId32 " to %" PRId32 " expected", (int32_t)(value), \
		(int32_t)(low), (int32_t)(high))

const char *loraOpen(LoraRadio *radio, const LoraBoard *board, const LoraHal *hal, LoraCallback callback, void *context,
	LoraRefusal *refusal) {
	CHECK("chip", board->chip, 0, LORA_CHIPS - 1);
	if (board->tcxoDecivolt)
		CHECK("tcxoVoltage (tenths)", board->tcxoDecivolt, 16, 33);
	if (board->tcxoDecivolt && board->chip <= LORA_SX1268 && !loraIsTcxoVoltage(board->tcxoDecivolt))
		return refuse(refusal, "radio: tcxoVoltage (tenths) %" PRId32 ": DIO3 gives 16, 17, 18, 22, 24, 27, 30 or 33",
			board->tcxoDecivolt);
	CHECK("tcxoDelay (microseconds)", board->tcxoDelay, 0, 100000);
	memset(radio, 0, sizeof *radio);
	radio->board = *board;
	radio->hal = *hal;
	radio->callback = callback;
	radio->context = context;
	return NULL;
}

/* SX127x's RFO pin reaches from -4 to 14 dBm (SX1272: -1). */
static int32_t lowestPower(const LoraRadio *radio) {
	if (loraIsSx126x(radio) || !radio->board.isRfo)
		return limits[radio->board.chip].minPower;
	return radio->board.chip == LORA_SX1272 ? -1 : -4;
}

/* SX1261 does not reach its highest power below 400 MHz (13.1.14). */
static int32_t highestPower(const LoraRadio *radio, int32_t frequency) {
	int32_t most = limits[radio->board.chip].maxPower;
	if (radio->board.chip == LORA_SX1261 && frequency < 400000000)
		most = 14;
	if (!loraIsSx126x(radio) && radio->board.isRfo)
		most = 14;
	return radio->board.maxPower < most ? radio->board.maxPower : most;
}

static const char *check(const LoraRadio *radio, const LoraModulation *m, LoraRefusal *refusal) {
	const int32_t low = limits[radio->board.chip].lowest * 1000000, high = limits[radio->board.chip].highest * 1000000;
	int i;
	CHECK("frequency", m->frequency, low, high);
	CHECK("sf", m->sf, limits[radio->board.chip].minSf, limits[radio->board.chip].maxSf);
	for (i = 0; i < LORA_BANDWIDTHS && loraBandwidths[i] != m->bandwidth; i++) {
	}
	if (i == LORA_BANDWIDTHS || m->bandwidth < limits[radio->board.chip].minBandwidth)
		return refuse(refusal, "radio: bandwidth %" PRId32 " Hz: not supported by %s", m->bandwidth,
			limits[radio->board.chip].name);
	CHECK("codingRate", m->codingRate, 5, 8);
	CHECK("preamble", m->preamble, 6, 65535);
	CHECK("syncWord", m->syncWord, 0, 255);
	CHECK("implicitLength", m->implicitLength, 0, LORA_LARGEST_PACKET);
	if (m->sf == 6 && !loraIsSx126x(radio) && !m->implicitLength)
		return refuse(refusal, "radio: sf 6 on %s works without header only: give implicitLength",
			limits[radio->board.chip].name);
	return NULL;
}

/* Nothing of the driver's task runs from here to `begin`. */
static LoraListen *take(LoraRadio *radio) {
	radio->hal.lock(radio->hal.context);
	radio->windowCount = 0;
	memset(&radio->listen, 0, sizeof radio->listen);
	return &radio->listen;
}

static void begin(LoraRadio *radio, LoraOperation operation) {
	radio->ticket++;
	radio->window = LORA_NO_WINDOW;
	loraBegin(radio, operation);
	radio->hal.unlock(radio->hal.context);
}

static const char *checkSymbols(const LoraRadio *radio, int32_t timeoutSymbols, LoraRefusal *refusal) {
	const LoraFamily *family = loraIsSx126x(radio) ? &loraSx126x : &loraSx127x;
	CHECK("timeoutSymbols", timeoutSymbols, family->minTimeoutSymbols, family->maxTimeoutSymbols);
	return NULL;
}

const char *loraExchange(LoraRadio *radio, const LoraModulation *modulation, int32_t power, const uint8_t *payload,
	size_t bytes, const LoraWindow *windows, size_t count, LoraRefusal *refusal) {
	size_t i;
	CHECK("payload bytes", bytes, 1, LORA_LARGEST_PACKET);
	CHECK("power", power, lowestPower(radio), highestPower(radio, modulation->frequency));
	if (modulation->implicitLength && (size_t)modulation->implicitLength != bytes)
		return refuse(
			refusal, "radio: %d bytes where implicitLength is %" PRId32, (int)bytes, modulation->implicitLength);
	if (check(radio, modulation, refusal))
		return refusal->text;
	if (count > LORA_WINDOWS)
		return refuse(refusal, "radio: windows: at most %d expected", LORA_WINDOWS);
	for (i = 0; i < count; i++) {
		CHECK("a window's delay (microseconds)", windows[i].delay, i ? windows[i - 1].delay + 1 : 0, 60000000);
		if (check(radio, &windows[i].modulation, refusal) || checkSymbols(radio, windows[i].timeoutSymbols, refusal))
			return refusal->text;
	}
	take(radio)->modulation = *modulation;
	radio->power = power;
	memcpy(radio->payload, payload, bytes);
	radio->bytes = bytes;
	for (i = 0; i < count; i++)
		radio->windows[i] = windows[i];
	radio->windowCount = (int32_t)count;
	begin(radio, LORA_TRANSMIT);
	return NULL;
}

const char *loraTransmit(LoraRadio *radio, const LoraModulation *modulation, int32_t power, const uint8_t *payload,
	size_t bytes, LoraRefusal *refusal) {
	return loraExchange(radio, modulation, power, payload, bytes, NULL, 0, refusal);
}

const char *loraReceive(LoraRadio *radio, const LoraListen *listen, LoraRefusal *refusal) {
	if (listen->timeoutSymbols && checkSymbols(radio, listen->timeoutSymbols, refusal))
		return refusal->text;
	CHECK("timeoutMs (microseconds)", listen->timeout, 0, 262000000);
	if (check(radio, &listen->modulation, refusal))
		return refusal->text;
	*take(radio) = *listen;
	begin(radio, LORA_RECEIVE);
	return NULL;
}

const char *loraDetect(LoraRadio *radio, const LoraModulation *modulation, LoraRefusal *refusal) {
	if (check(radio, modulation, refusal))
		return refusal->text;
	take(radio)->modulation = *modulation;
	begin(radio, LORA_DETECT);
	return NULL;
}

const char *loraMeasure(
	LoraRadio *radio, const LoraModulation *modulation, int32_t microseconds, LoraRefusal *refusal) {
	CHECK("ms (microseconds)", microseconds, 1, 60000000);
	if (check(radio, modulation, refusal))
		return refusal->text;
	take(radio)->modulation = *modulation;
	radio->listen.timeout = microseconds;
	begin(radio, LORA_MEASURE);
	return NULL;
}

void loraRandom(LoraRadio *radio) {
	/* Any channel has noise; the modulation only has to be valid. */
	const int32_t frequency = radio->board.chip == LORA_SX1278 ? 434000000
		: radio->board.chip == LORA_SX1268                     ? 490000000
															   : 868000000;
	const LoraModulation any = {
		.frequency = frequency, .sf = 7, .bandwidth = 125000, .codingRate = 5, .preamble = 8, .crc = 1, .syncWord = 0x34
	};
	take(radio)->modulation = any;
	begin(radio, LORA_RANDOM);
}

void loraSleep(LoraRadio *radio, bool isWarm) {
	take(radio);
	radio->isWarm = isWarm;
	begin(radio, LORA_SLEEP);
}

void loraStandby(LoraRadio *radio) {
	take(radio);
	begin(radio, LORA_STANDBY);
}
