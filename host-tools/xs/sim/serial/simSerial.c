#include "simSerial.h"

#include <string.h>

#include "clock.h"
#include "serialStream.h"

/* Bytes that an interrupt waits for, and then about four byte times more (the chip's receive timeout). */
static const size_t burst = 16;
enum { bitsPerByte = 10 };

static struct {
	int isOpen;
	uint32_t baud;
	void (*onReadable)(void *context);
	void *context;
	uint8_t fifo[simSerialFifo];
	size_t count;
	uint32_t arrival, task;
	/* What is still on its way out of the FIFO: at this time it is empty. */
	uint64_t sentAt;
} uart;

static uint64_t timeOf(size_t bytes) {
	return (uint64_t)bytes * bitsPerByte * 1000000u / uart.baud;
}

static void deliver(void *context) {
	(void)context;
	uart.task = 0;
	if (uart.isOpen && uart.count)
		uart.onReadable(uart.context);
}

/* The next bytes have come over the line. */
static void arrive(void *context) {
	uint8_t bytes[16];
	const size_t count = serialStreamTake(bytes, burst);
	size_t i;
	(void)context;
	uart.arrival = 0;
	for (i = 0; i < count && uart.count < simSerialFifo; i++)
		uart.fifo[uart.count++] = bytes[i];
	if (uart.count && !uart.task)
		uart.task = simClockTaskAt(simClockNow() + timeOf(4), deliver, NULL);
	if (serialStreamWaiting())
		uart.arrival = simClockAt(simClockNow() + timeOf(burst), arrive, NULL);
}

/* Something is on the line from `at` on. */
static void come(uint64_t at) {
	const size_t waiting = serialStreamWaiting();
	if (!uart.isOpen)
		serialStreamDrop();
	else if (!uart.arrival)
		uart.arrival = simClockAt(at + timeOf(waiting < burst ? waiting : burst), arrive, NULL);
}

int simSerialOpen(uint32_t baud, void (*onReadable)(void *context), void *context) {
	if (uart.isOpen)
		return 0;
	memset(&uart, 0, sizeof uart);
	uart.isOpen = 1;
	uart.baud = baud;
	uart.onReadable = onReadable;
	uart.context = context;
	serialStreamOpen(come);
	return 1;
}

void simSerialClose(void) {
	if (!uart.isOpen)
		return;
	simClockCancel(uart.arrival);
	simClockCancel(uart.task);
	uart.isOpen = 0;
	serialStreamDrop();
}

size_t simSerialRead(uint8_t *bytes, size_t room) {
	const size_t count = uart.count < room ? uart.count : room;
	memcpy(bytes, uart.fifo, count);
	uart.count -= count;
	memmove(uart.fifo, uart.fifo + count, uart.count);
	return count;
}

int simSerialWrite(const uint8_t *bytes, size_t count) {
	const uint64_t now = simClockNow(), from = uart.sentAt > now ? uart.sentAt : now;
	if (timeOf(simSerialFifo) < from - now + timeOf(count))
		return 0;
	uart.sentAt = from + timeOf(count);
	serialStreamWrite(bytes, count);
	return 1;
}
