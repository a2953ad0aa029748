#include "simAir.h"

#include <math.h>

#include "airtime.h"
#include "clock.h"

/* Symbols of preamble that a demodulator needs to lock. */
static const int lockSymbols = 4;

uint32_t simSymbolTime(const SimModulation *modulation) {
	return loraSymbolTime(modulation->sf, modulation->bandwidth);
}

uint64_t simPacketTime(const SimModulation *m, size_t bytes) {
	const LoraFrameShape shape = { m->sf, m->bandwidth, m->codingRate, m->preamble, m->crc, m->header };
	return loraAirtime(&shape, (int32_t)bytes);
}

float simSnrFloor(int32_t sf) {
	return -2.5f * (float)(sf - 4);
}

float simNoiseFloor(int32_t bandwidth) {
	return -168.0f + 10.0f * log10f((float)bandwidth);
}

static void cancel(uint32_t *event) {
	simClockCancel(*event);
	*event = 0;
}

void simReceiverClose(SimReceiver *receiver) {
	if (!receiver->isOpen)
		return;
	receiver->isOpen = receiver->isLocked = false;
	cancel(&receiver->timeoutEvent);
	cancel(&receiver->packetEvent);
	receiver->air->stop(receiver->air->context);
}

static void giveUp(void *context) {
	SimReceiver *receiver = context;
	receiver->timeoutEvent = 0;
	simReceiverClose(receiver);
	receiver->events.symbolTimeout(receiver->chip);
}

static void startTimeout(SimReceiver *receiver, uint64_t at) {
	if (receiver->timeoutSymbols)
		receiver->timeoutEvent = simClockAt(
			at + (uint64_t)receiver->timeoutSymbols * simSymbolTime(&receiver->modulation), giveUp, receiver);
}

/* No synchronization word follows: the search goes on, for as long as at its beginning. */
static void searchesAgain(void *context) {
	SimReceiver *receiver = context;
	receiver->packetEvent = 0;
	receiver->isLocked = false;
	startTimeout(receiver, simClockNow());
}

static void locksOnNoise(void *context) {
	SimReceiver *receiver = context;
	const uint64_t now = simClockNow();
	receiver->falsePreambles--;
	cancel(&receiver->timeoutEvent);
	receiver->isLocked = true;
	receiver->packetEvent =
		simClockAt(now + 2 * (uint64_t)simSymbolTime(&receiver->modulation), searchesAgain, receiver);
	receiver->events.preamble(receiver->chip, now);
}

void simReceiverOpen(SimReceiver *receiver, uint64_t at, int32_t timeoutSymbols) {
	simReceiverClose(receiver);
	receiver->isOpen = true;
	receiver->isLocked = false;
	receiver->openedAt = at;
	receiver->timeoutSymbols = timeoutSymbols;
	startTimeout(receiver, at);
	if (receiver->falsePreambles)
		receiver->packetEvent =
			simClockAt(at + 2 * (uint64_t)simSymbolTime(&receiver->modulation), locksOnNoise, receiver);
	receiver->air->listen(receiver->air->context, receiver, &receiver->modulation);
}

static void packetEnds(void *context) {
	SimReceiver *receiver = context;
	const SimPacket packet = receiver->packet;
	SimFate fate = receiver->air->fate(receiver->air->context, packet.id);
	receiver->packetEvent = 0;
	receiver->isLocked = false;
	if (fate == SIM_FATE_GOOD && (int32_t)packet.bytes > receiver->longestIntact)
		fate = SIM_FATE_BAD_CRC;
	receiver->events.packet(receiver->chip, &packet, fate == SIM_FATE_GOOD);
}

static void headerEnds(void *context) {
	SimReceiver *receiver = context;
	receiver->packetEvent = simClockAt(receiver->packet.end, packetEnds, receiver);
	receiver->events.header(receiver->chip, true);
}

static void locks(void *context) {
	SimReceiver *receiver = context;
	const SimModulation *m = &receiver->packet.modulation;
	/* Preamble, 4.25 symbols of synchronization, 8 of the first block. */
	const uint64_t header = receiver->packet.start + ((4 * (uint64_t)m->preamble + 17 + 32) * simSymbolTime(m)) / 4;
	cancel(&receiver->timeoutEvent);
	receiver->isLocked = true;
	receiver->packetEvent =
		simClockAt(header < receiver->packet.end ? header : receiver->packet.end, headerEnds, receiver);
	receiver->events.preamble(receiver->chip, simClockNow());
}

/* Whether the demodulator, with its current registers, can receive this signal. */
static bool canFollow(const SimReceiver *receiver, const SimPacket *packet) {
	const SimModulation *ours = &receiver->modulation, *theirs = &packet->modulation;
	const int64_t error = (int64_t)theirs->frequency - ours->frequency - receiver->frequencyOffset;
	if (theirs->sf != ours->sf || theirs->bandwidth != ours->bandwidth)
		return false;
	if (theirs->invertIQ != ours->invertIQ || theirs->syncWord != ours->syncWord || theirs->header != ours->header)
		return false;
	/* AN1200.22: a quarter of the bandwidth. */
	if (4 * (error < 0 ? -error : error) > ours->bandwidth)
		return false;
	return packet->snr - packet->impairment - receiver->impairment >= simSnrFloor(ours->sf);
}

void simReceiverHear(SimReceiver *receiver, const SimPacket *packet) {
	const uint64_t symbol = simSymbolTime(&packet->modulation);
	uint64_t from = packet->start > receiver->openedAt ? packet->start : receiver->openedAt;
	if (!receiver->isOpen || receiver->isLocked || receiver->packetEvent || !canFollow(receiver, packet))
		return;
	from += (uint64_t)lockSymbols * symbol;
	if (from > packet->start + (uint64_t)packet->modulation.preamble * symbol)
		return; /* too little preamble is left */
	receiver->packet = *packet;
	receiver->packetEvent = simClockAt(from, locks, receiver);
}
