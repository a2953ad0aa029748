/*
 * Lockstep with the medium. A program that does not listen runs ahead freely and reports periodically before when it
 * will not send ("at"). One that listens asks before its clock advances ("wait") and gets a packet, or the answer that nothing
 * comes before that time, often for much longer ("go"). Times are microseconds of this program's clock; the
 * medium knows its drift.
 */
#include "airPort.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "airStream.h"
#include "clock.h"
#include "powered.h"

/* Interval of these reports. */
static const uint64_t lookahead = 1000000;

static FILE *toAir, *fromAir;
static SimReceiver *receiver;
static uint64_t saidAt, listensSince;
/* Receive windows since the last transmission; and about how long one is, with a packet in it. */
static unsigned windows = 2;
static const uint64_t windowTime = 60000;
/* No unknown packet begins on the air before this, unless we send. */
static uint64_t knownUntil;
/* An answer has at most a packet of 255 bytes in it. */
static char line[2048];

/* Without the medium the program would wait forever; it ends instead, with EX_IOERR. */
static void airIsGone(void) {
	fprintf(stderr, "the simulated air is gone: its process has ended\n");
	exit(74);
}

static void ask(void) {
	if (fflush(toAir) != 0 || !fgets(line, sizeof line, fromAir))
		airIsGone();
}

/* The number behind "name": in the answer. */
static double number(const char *name, double otherwise) {
	char key[32];
	const char *at;
	snprintf(key, sizeof key, "\"%s\":", name);
	at = strstr(line, key);
	return at ? strtod(at + strlen(key), NULL) : otherwise;
}

static int digit(char c) {
	return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
}

static void readPacket(SimPacket *packet) {
	const char *hex = strstr(line, "\"payload\":\"");
	memset(packet, 0, sizeof *packet);
	packet->id = (uint32_t)number("packet", 0);
	packet->start = (uint64_t)number("start", 0);
	packet->end = (uint64_t)number("end", 0);
	packet->modulation = (SimModulation){ (int32_t)number("frequency", 0), (int32_t)number("sf", 7),
		(int32_t)number("bandwidth", 125000), (int32_t)number("codingRate", 5), (int32_t)number("preamble", 8),
		number("invertIQ", 0) != 0, number("crc", 1) != 0, number("header", 1) != 0,
		(int32_t)number("syncWord", 0x34) };
	packet->impairment = (float)number("impairment", 0);
	packet->rssi = (float)number("rssi", -127);
	packet->snr = (float)number("snr", -30);
	if (!hex)
		return;
	for (hex += 11; packet->bytes < sizeof packet->payload && hex[0] != '"' && hex[1] != '"'; hex += 2)
		packet->payload[packet->bytes++] = (uint8_t)(digit(hex[0]) << 4 | digit(hex[1]));
}

static void writeModulation(const SimModulation *m) {
	fprintf(toAir,
		"\"frequency\":%" PRId32 ",\"sf\":%" PRId32 ",\"bandwidth\":%" PRId32 ",\"codingRate\":%" PRId32
		",\"preamble\":%" PRId32 ",\"invertIQ\":%d,\"crc\":%d,\"header\":%d,\"syncWord\":%" PRId32,
		m->frequency, m->sf, m->bandwidth, m->codingRate, m->preamble, m->invertIQ, m->crc, m->header, m->syncWord);
}

static void transmit(void *context, const SimPacket *packet) {
	size_t i;
	(void)context;
	simPowered()->times.transmit += packet->end - packet->start;
	windows = 0;
	simResetsWithin(SIM_PHASE_TX, packet->end - packet->start);
	if (!toAir)
		return;
	fprintf(toAir, "{\"send\":%" PRIu64 ",\"end\":%" PRIu64 ",\"power\":%g,\"impairment\":%g,", packet->start,
		packet->end, packet->power, packet->impairment);
	writeModulation(&packet->modulation);
	fputs(",\"payload\":\"", toAir);
	for (i = 0; i < packet->bytes; i++)
		fprintf(toAir, "%02x", packet->payload[i]);
	fputs("\"}\n", toAir);
	if (fflush(toAir) != 0)
		airIsGone();
	saidAt = packet->start;
	knownUntil = 0; /* another node may answer */
}

static void listen(void *context, SimReceiver *opened, const SimModulation *modulation) {
	(void)context;
	receiver = opened;
	listensSince = simClockNow();
	if (windows++ < 2)
		simResetsWithin(windows == 1 ? SIM_PHASE_RX1 : SIM_PHASE_RX2, windowTime);
	if (!toAir)
		return;
	fprintf(toAir, "{\"listen\":%" PRIu64 ",", simClockNow());
	writeModulation(modulation);
	fputs("}\n", toAir);
}

static void stop(void *context) {
	(void)context;
	if (receiver)
		simPowered()->times.receive += simClockNow() - listensSince;
	if (toAir && receiver)
		fprintf(toAir, "{\"stop\":%" PRIu64 "}\n", simClockNow());
	receiver = NULL;
}

static SimFate fate(void *context, uint32_t id) {
	(void)context;
	fprintf(toAir, "{\"fate\":%" PRIu32 ",\"now\":%" PRIu64 "}\n", id, simClockNow());
	ask();
	return (SimFate)number("fate", SIM_FATE_LOST);
}

static float level(void *context, int32_t frequency, int32_t bandwidth) {
	(void)context;
	if (!toAir)
		return SIM_SILENCE;
	fprintf(toAir, "{\"level\":%" PRIu64 ",\"frequency\":%" PRId32 ",\"bandwidth\":%" PRId32 "}\n", simClockNow(),
		frequency, bandwidth);
	ask();
	return (float)number("level", SIM_SILENCE);
}

static void waitForTurn(uint64_t target) {
	SimPacket packet;
	for (;;) {
		if (target == SIM_CLOCK_NEVER)
			fprintf(toAir, "{\"wait\":null,\"now\":%" PRIu64 "}\n", simClockNow());
		else
			fprintf(toAir, "{\"wait\":%" PRIu64 ",\"now\":%" PRIu64 "}\n", target, simClockNow());
		ask();
		if (!strstr(line, "\"packet\":")) {
			knownUntil = (uint64_t)number("go", 0);
			saidAt = target;
			return;
		}
		saidAt = simClockNow();
		knownUntil = 0;
		readPacket(&packet);
		if (!receiver)
			return;
		simReceiverHear(receiver, &packet);
		if (receiver->packetEvent)
			return; /* there is an event before the target now */
	}
}

static void gate(void *context, uint64_t target) {
	(void)context;
	if (receiver && target > knownUntil)
		waitForTurn(target);
	else if (target != SIM_CLOCK_NEVER && target >= saidAt + lookahead) {
		fprintf(toAir, "{\"at\":%" PRIu64 "}\n", target);
		if (fflush(toAir) != 0)
			airIsGone();
		saidAt = target;
	}
}

uint32_t airPortNoise(void) {
	if (!toAir)
		return 0x6C6F616D;
	fputs("{\"noise\":true}\n", toAir);
	ask();
	return (uint32_t)number("noise", 0);
}

const SimAir *airPortOpen(void) {
	static const SimAir air = { NULL, transmit, listen, stop, fate, level };
	if (!toAir && airStreamOpen(&toAir, &fromAir)) {
		if (!toAir || !fromAir)
			airIsGone();
		simClockSetGate(gate, NULL);
	}
	return &air;
}
