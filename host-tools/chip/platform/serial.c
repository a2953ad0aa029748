/* The emulated chip has no UART for script: its own is the host's. */
#include "simSerial.h"

int simSerialOpen(uint32_t baud, void (*onReadable)(void *context), void *context) {
	(void)baud, (void)onReadable, (void)context;
	return 0;
}

void simSerialClose(void) {
}

size_t simSerialRead(uint8_t *bytes, size_t room) {
	(void)bytes, (void)room;
	return 0;
}

int simSerialWrite(const uint8_t *bytes, size_t count) {
	(void)bytes, (void)count;
	return 0;
}
