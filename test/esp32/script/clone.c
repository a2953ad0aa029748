/*
 * Opens a script machine, with the SDK's functions in this file. The firmware's machine has tables of names and symbols of lengths that nobody
 * guesses, and a clone copies as many entries as it has itself.
 */
#include <stdio.h>

#include "xsAll.h"
#include "xs.h"
#include "freertos/FreeRTOS.h"
#include "freertos/queue.h"

#include "scriptHal.h"

static txCreation firmware = { .incrementalKeyCount = 32, .nameModulo = 59, .symbolModulo = 7, .staticSize = 147456 };
static txMachine machine;
static size_t freeBytes = 100000;

void *xsPreparationAndCreation(xsCreation **creation);
xsMachine *modCloneMachine(xsCreation *creation, const char *name);
void modMessageService(xsMachine *the, int maxDelayMS);
size_t heap_caps_get_free_size(uint32_t caps);
void esp_restart(void);
int64_t esp_timer_get_time(void);

void *xsPreparationAndCreation(xsCreation **creation) {
	*creation = &firmware;
	return NULL;
}

xsMachine *modCloneMachine(xsCreation *creation, const char *name) {
	printf("%s: names %d, symbols %d, keys %d, more keys %d, static %d, parser %d\n", name, (int)creation->nameModulo,
		(int)creation->symbolModulo, (int)creation->initialKeyCount, (int)creation->incrementalKeyCount,
		(int)(creation->staticSize - creation->stackCount * (txSize)sizeof(txSlot)), (int)creation->parserBufferSize);
	return &machine;
}

void fxDeleteMachine(txMachine *the) {
	printf("deleted %d, roots %d\n", the == &machine, the->cRoot != NULL);
	freeBytes -= 500;
}

size_t heap_caps_get_free_size(uint32_t caps) {
	(void)caps;
	return freeBytes;
}

void fxBeginMetering(txMachine *the, txBoolean (*callback)(txMachine *, txU8), txU8 interval) {
	(void)the, (void)callback, (void)interval;
}

void fxEndMetering(txMachine *the) {
	(void)the;
}

void fxCheckUnhandledRejections(txMachine *the, txBoolean atExit) {
	(void)the, (void)atExit;
}

void fxExitToHost(txMachine *the) {
	(void)the;
	__builtin_trap();
}

void modMessageService(xsMachine *the, int maxDelayMS) {
	(void)the, (void)maxDelayMS;
}

UBaseType_t uxQueueMessagesWaiting(const QueueHandle_t queue) {
	(void)queue;
	return 0;
}

void esp_restart(void) {
	__builtin_trap();
}

int64_t esp_timer_get_time(void) {
	return 0;
}

int main(void) {
	txSlot root;
	void *the = scriptHalOpen(20480, 384, NULL);
	printf("firmware: static %d\n", (int)firmware.staticSize);
	((txMachine *)the)->cRoot = &root;
	printf("lost %d\n", (int)scriptHalClose(the));
	return 0;
}
