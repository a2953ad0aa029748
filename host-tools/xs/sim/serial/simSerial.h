/*
 * The simulated board's UART. What is on its line is whatever the process's starter connects (serialStream.h); without it the line is silent. Bytes take
 * their time on the line; what has not been read when the FIFO is full is lost, as is what comes while the UART is closed or the board sleeps.
 */
#ifndef LOAM_SIM_SERIAL_H
#define LOAM_SIM_SERIAL_H

#include <stddef.h>
#include <stdint.h>

/* Of the ESP32, each direction. */
enum { simSerialFifo = 128 };

/* Calls `onReadable` from the event loop when something has come. 0: it is open already, or the board has none. */
int simSerialOpen(uint32_t baud, void (*onReadable)(void *context), void *context);
void simSerialClose(void);

/* At most `room` bytes. */
size_t simSerialRead(uint8_t *bytes, size_t room);

/* 0 when there is no room for all of it. */
int simSerialWrite(const uint8_t *bytes, size_t count);

#endif
