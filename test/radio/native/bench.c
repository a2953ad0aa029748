#include "bench.h"

#include <stdio.h>
#include <string.h>

#include "clock.h"

BenchRadio bench[BENCH_RADIOS];
float benchRssi = -60, benchSnr = 8;
SimFate benchFate = SIM_FATE_GOOD;
int benchFailures;

const LoraModulation benchModulation = { .frequency = 868100000,
	.sf = 7,
	.bandwidth = 125000,
	.codingRate = 5,
	.preamble = 8,
	.crc = 1,
	.syncWord = 0x34 };

static uint32_t packets;

static void transmit(void *context, const SimPacket *packet) {
	BenchRadio *sender = context;
	BenchRadio *other = &bench[1 - sender->index];
	SimPacket heard = *packet;
	sender->sent = *packet;
	sender->sentCount++;
	heard.id = ++packets;
	heard.rssi = benchRssi + packet->power - 14;
	heard.snr = benchSnr + packet->power - 14;
	if (other->receiver)
		simReceiverHear(other->receiver, &heard);
}

static void listen(void *context, SimReceiver *receiver, const SimModulation *modulation) {
	BenchRadio *radio = context;
	BenchRadio *other = &bench[1 - radio->index];
	(void)modulation;
	radio->receiver = receiver;
	if (other->sentCount && other->sent.end > simClockNow() && other->sent.start <= simClockNow()) {
		SimPacket heard = other->sent;
		heard.rssi = benchRssi;
		heard.snr = benchSnr;
		simReceiverHear(receiver, &heard);
	}
}

static void stop(void *context) {
	((BenchRadio *)context)->receiver = NULL;
}

static SimFate fate(void *context, uint32_t id) {
	(void)context;
	(void)id;
	return benchFate;
}

static float level(void *context, int32_t frequency, int32_t bandwidth) {
	const BenchRadio *other = &bench[1 - ((BenchRadio *)context)->index];
	(void)frequency;
	(void)bandwidth;
	return other->sentCount && other->sent.start <= simClockNow() && other->sent.end > simClockNow() ? benchRssi
																									 : SIM_SILENCE;
}

static void onEvent(void *context, const LoraEvent *event) {
	BenchRadio *radio = context;
	radio->event = *event;
	radio->events[event->kind]++;
	if (event->payload)
		memcpy(radio->payload, event->payload, event->bytes);
}

LoraBoard benchBoard(LoraChip chip) {
	const LoraBoard board = {
		.chip = chip, .tcxoDelay = 5000, .maxPower = 127, .rfSwitch = LORA_SWITCH_DIO2, .isDcDc = 1
	};
	return board;
}

void benchPower(int index, const LoraBoard *board) {
	BenchRadio *radio = &bench[index];
	const bool isSx126x = board->chip <= LORA_SX1268;
	const SimFaults faults = radio->board.faults;
	LoraRefusal refusal;
	LoraHal hal;
	memset(radio, 0, sizeof *radio);
	radio->index = index;
	radio->air = (SimAir){ radio, transmit, listen, stop, fate, level };
	radio->board = (SimBoard){ .air = &radio->air,
		.tcxoDecivolt = board->tcxoDecivolt,
		.isSx1261 = board->chip == LORA_SX1261,
		.isSx1268 = board->chip == LORA_SX1268,
		.isSx1272 = board->chip == LORA_SX1272,
		.faults = faults,
		.changed = simHalPinsChanged,
		.owner = &radio->hal };
	const SimPins pins = isSx126x
		? (SimPins){ &radio->sx126x, sx126xSimTransfer, sx126xSimReset, sx126xSimBusy, sx126xSimDio }
		: (SimPins){ &radio->sx127x, sx127xSimTransfer, sx127xSimReset, sx127xSimBusy, sx127xSimDio };
	simHalConnect(&radio->hal, &hal, &pins, loraWake, NULL, &radio->radio);
	if (isSx126x)
		sx126xSimInit(&radio->sx126x, &radio->board);
	else
		sx127xSimInit(&radio->sx127x, &radio->board);
	if (loraOpen(&radio->radio, board, &hal, onEvent, radio, &refusal))
		benchCheck(false, refusal.text, __FILE__, __LINE__);
}

SimComplaints *benchComplaints(int index) {
	return bench[index].radio.board.chip <= LORA_SX1268 ? &bench[index].sx126x.complaints
														: &bench[index].sx127x.complaints;
}

static void nothing(void *context) {
	*(bool *)context = true;
}

void benchRun(uint64_t microseconds) {
	bool isOver = false;
	if (microseconds)
		simClockTaskAt(simClockNow() + microseconds, nothing, &isOver);
	while (!isOver && simClockStep()) {
	}
}

void benchCheck(bool condition, const char *text, const char *file, int line) {
	if (condition)
		return;
	benchFailures++;
	printf("%s:%d: %s\n", strrchr(file, '/') ? strrchr(file, '/') + 1 : file, line, text);
}

SimFaults *benchFaults(int index) {
	return bench[index].radio.board.chip <= LORA_SX1268 ? &bench[index].sx126x.board.faults
														: &bench[index].sx127x.board.faults;
}
