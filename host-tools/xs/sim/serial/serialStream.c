#define _POSIX_C_SOURCE 200809L
#include "serialStream.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "powered.h"

/* Microseconds for which the clock keeps to real time: after the node has sent something, and after the host has. */
static const uint64_t afterSent = 500000, afterReceived = 3500000;
/* Otherwise, while a host is connected, it is at most so many times as fast: a host that is slow for seconds still finds the node's recording going on. */
static const uint64_t idleSpeed = 2000;

static int descriptor = -1;
static void (*onBytes)(uint64_t at);
static uint8_t waiting[65536];
static size_t count;
/* Until when the clock keeps to real time; and two times that were the same moment. */
static uint64_t activeUntil, realZero, clockZero;
/* The two times are of the idle clock. */
static int isIdle;

static uint64_t realTime(void) {
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000000u + (uint64_t)time.tv_nsec / 1000u;
}

static void align(uint64_t now) {
	realZero = realTime();
	clockZero = now;
}

/* Something goes over the line. */
static void touch(uint64_t now, uint64_t lasts) {
	if (now >= activeUntil) {
		align(now);
		isIdle = 0;
	}
	if (activeUntil < now + lasts)
		activeUntil = now + lasts;
}

/* Whole bytes of the stream: what is sent there is there at once. 0: it has ended. */
static int take(uint8_t *bytes, size_t size) {
	while (size) {
		const ssize_t got = recv(descriptor, bytes, size, 0);
		if (got <= 0) {
			descriptor = -1;
			return 0;
		}
		bytes += got;
		size -= (size_t)got;
	}
	return 1;
}

static int isReadable(int milliseconds) {
	struct pollfd poller = { descriptor, POLLIN, 0 };
	return descriptor >= 0 && poll(&poller, 1, milliseconds) > 0;
}

/* All that is there now. `isOnLine`: the UART hears it. */
static void receive(uint64_t at, int isOnLine) {
	const size_t before = count;
	while (sizeof waiting - count > 255 && isReadable(0)) {
		uint8_t head, isConnected;
		if (!take(&head, 1))
			return;
		if (head) {
			if (!take(waiting + count, head))
				return;
			count += head;
		} else if (take(&isConnected, 1))
			simPowered()->hasSerialHost = isConnected;
	}
	if (!isOnLine)
		count = 0;
	if (count == before || !onBytes)
		return;
	touch(at, afterReceived);
	onBytes(at);
}

/* The clock's time that real time allows. */
static uint64_t reached(void) {
	return clockZero + (realTime() - realZero) * (isIdle ? idleSpeed : 1);
}

static void pace(uint64_t target) {
	receive(simClockNow(), 1);
	if (!simPowered()->hasSerialHost)
		isIdle = 0;
	while (descriptor >= 0 && simPowered()->hasSerialHost) {
		const uint64_t now = simClockNow();
		uint64_t until, real;
		const size_t before = count;
		if (now >= activeUntil && !isIdle) {
			align(now);
			isIdle = 1;
		}
		until = isIdle || target < activeUntil ? target : activeUntil;
		real = reached();
		if (now >= target || real >= until)
			return;
		if (isReadable((int)((until - real) / (isIdle ? 1000 * idleSpeed : 1000) + 1))) {
			const uint64_t at = reached();
			receive(at < now ? now : at > until ? until : at, 1);
			if (count != before)
				return; /* there is an event before the target now */
		}
	}
}

void serialStreamOpen(void (*call)(uint64_t at)) {
	const char *text = getenv("LOAM_SERIAL");
	onBytes = call;
	if (!text || descriptor >= 0)
		return;
	descriptor = atoi(text);
	simClockSetPace(pace);
	receive(0, 0);
}

size_t serialStreamWaiting(void) {
	return count;
}

size_t serialStreamTake(uint8_t *bytes, size_t room) {
	const size_t taken = count < room ? count : room;
	memcpy(bytes, waiting, taken);
	count -= taken;
	memmove(waiting, waiting + taken, count);
	return taken;
}

void serialStreamDrop(void) {
	count = 0;
}

void serialStreamWrite(const uint8_t *bytes, size_t size) {
	if (descriptor < 0)
		return;
	touch(simClockNow(), afterSent);
	while (size) {
		const ssize_t sent = send(descriptor, bytes, size, MSG_NOSIGNAL);
		if (sent <= 0) {
			descriptor = -1;
			return;
		}
		bytes += sent;
		size -= (size_t)sent;
	}
}
