/*
 * What is at the other end of the simulated UART: descriptor LOAM_SERIAL, a socket that lasts from program to program. To it go the bytes that the node
 * sends. From it come: n and n bytes for the node, n from 1 to 255; or 0 and whether a host is connected, 1 or 0.
 *
 * The host lives in real time. While it is connected and something goes over the line, the clock does not run faster than real time does; otherwise a day takes seconds.
 */
#ifndef LOAM_SERIAL_STREAM_H
#define LOAM_SERIAL_STREAM_H

#include <stddef.h>
#include <stdint.h>

/* Calls `onBytes` when some are waiting, with the time at which the first of them is on the line. What came before is lost. */
void serialStreamOpen(void (*onBytes)(uint64_t at));

/* Bytes that wait, and up to `room` of them. */
size_t serialStreamWaiting(void);
size_t serialStreamTake(uint8_t *bytes, size_t room);
void serialStreamDrop(void);

void serialStreamWrite(const uint8_t *bytes, size_t count);

#endif
