/* Of the Moddable SDK's xs/platforms/esp/xsHost.h: what our C uses. Include xsmc.h before. */
#ifndef STAND_IN_XS_HOST_H
#define STAND_IN_XS_HOST_H

#include <stdlib.h>
#include <string.h>

#define c_calloc calloc
#define c_free free
#define c_malloc malloc
#define c_memcpy memcpy
#define c_memset memset

typedef void (*modMessageDeliver)(void *the, void *refcon, uint8_t *message, uint16_t messageLength);

#if defined(STAND_IN_XS_ALL_H)
void modMessageService(xsMachine *the, int maxDelayMS);
#endif

#if defined(__XS__)
int modMessagePostToMachine(
	xsMachine *the, uint8_t *message, uint16_t messageLength, modMessageDeliver callback, void *refcon);
int modMessagePostToMachineFromISR(xsMachine *the, modMessageDeliver callback, void *refcon);
#endif

#endif
