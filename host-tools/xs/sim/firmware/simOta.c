#include "simOta.h"

#include <stddef.h>
#include <string.h>

#include "../flash/simFlash.h"
#include "../powered.h"
#include "simImage.h"

enum { slots = 2, unknown = -1 };

/* ESP-IDF's esp_ota_select_entry_t, one at the start of each block of otadata. Slot (sequence - 1) % 2 is meant. */
typedef struct {
	uint32_t sequence;
	uint8_t label[20];
	uint32_t state, check;
} Entry;

static const SimPartition *data, *images[slots];

/* esp_rom_crc32_le, from UINT32_MAX on. */
static uint32_t checkOf(const Entry *entry) {
	uint32_t crc = 0, i, bit;
	for (i = 0; i < 4; i++) {
		crc ^= (entry->sequence >> (8 * i)) & 255;
		for (bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (0xEDB88320u & (0u - (crc & 1)));
	}
	return ~crc;
}

static Entry entryAt(int i) {
	Entry entry;
	memcpy(&entry, simFlashBytes(data) + i * simFlashBlock, sizeof entry);
	return entry;
}

static int isValid(const Entry *entry) {
	return entry->sequence != UINT32_MAX && entry->state != SIM_OTA_INVALID && entry->state != SIM_OTA_ABORTED &&
		entry->check == checkOf(entry);
}

static int slotOf(const Entry *entry) {
	return (int)((entry->sequence - 1) % slots);
}

/* The entry that counts; -1: none does. */
static int active(void) {
	const Entry first = entryAt(0), second = entryAt(1);
	if (!isValid(&first))
		return isValid(&second) ? 1 : -1;
	return isValid(&second) && second.sequence > first.sequence ? 1 : 0;
}

static void write(int i, uint32_t sequence, uint32_t state) {
	Entry entry;
	memset(&entry, 0xFF, sizeof entry);
	entry.sequence = sequence;
	entry.state = state;
	entry.check = checkOf(&entry);
	simFlashErase(data, (uint32_t)i);
	simFlashWrite(data, (uint32_t)(i * simFlashBlock), (const uint8_t *)&entry, sizeof entry);
}

/* A flash that was never started: slot 0 gets an image that stands for the run's program, as by a cable, so that nothing of it counts as a write of the node. */
static void flashFirst(void) {
	Entry entry;
	uint8_t image[SIM_IMAGE_LEAST];
	memset(&entry, 0xFF, sizeof entry);
	entry.sequence = 1;
	entry.state = SIM_OTA_VALID;
	entry.check = checkOf(&entry);
	simImageMake(image);
	simFlashPut(images[0], image, sizeof image);
	simFlashPut(data, (const uint8_t *)&entry, sizeof entry);
}

/* Chooses as the boot loader does with CONFIG_BOOTLOADER_APP_ROLLBACK_ENABLE. */
static int choose(void) {
	int i, chosen;
	Entry entry;
	for (i = 0; i < 2; i++) {
		entry = entryAt(i);
		if (entry.state == SIM_OTA_PENDING)
			write(i, entry.sequence, SIM_OTA_ABORTED);
	}
	i = active();
	if (i < 0)
		return 0;
	entry = entryAt(i);
	chosen = slotOf(&entry);
	if (entry.state == SIM_OTA_NEW)
		write(i, entry.sequence, SIM_OTA_PENDING);
	/* An image that is damaged is not started, but the other one. */
	return simImageIsGood(images[chosen]) ? chosen : 1 - chosen;
}

int simOtaRunning(void) {
	static int isStarted;
	if (isStarted)
		return data ? simPowered()->slot : -1;
	isStarted = 1;
	if (simFlashSetUp())
		return -1;
	data = simFlashFind("otadata");
	images[0] = simFlashFind("ota_0");
	images[1] = simFlashFind("ota_1");
	if (!data || !images[0] || !images[1]) {
		data = NULL;
		return -1;
	}
	if (entryAt(0).sequence == UINT32_MAX && entryAt(1).sequence == UINT32_MAX && simFlashBytes(images[0])[0] == 0xFF)
		flashFirst();
	/* After a deep sleep the boot loader goes on with what ran before: CONFIG_BOOTLOADER_SKIP_VALIDATE_IN_DEEP_SLEEP. */
	if (simPowered()->cause != SIM_STARTS_WOKEN)
		simPowered()->slot = choose();
	return simPowered()->slot;
}

int simOtaState(int slot) {
	int i;
	if (simOtaRunning() < 0)
		return unknown;
	for (i = 0; i < 2; i++) {
		const Entry entry = entryAt(i);
		if (entry.sequence != UINT32_MAX && entry.check == checkOf(&entry) && slotOf(&entry) == slot)
			return entry.state > SIM_OTA_ABORTED ? unknown : (int)entry.state;
	}
	return unknown;
}

bool simOtaBegin(void) {
	const int running = simOtaRunning();
	int other;
	if (running < 0 || simOtaState(running) == SIM_OTA_PENDING)
		return false;
	other = 1 - active();
	if (other < 2 && entryAt(other).sequence != UINT32_MAX)
		simFlashErase(data, (uint32_t)other);
	return true;
}

bool simOtaComplete(void) {
	const int running = simOtaRunning(), i = running < 0 ? -1 : active();
	uint32_t sequence;
	if (running < 0 || !simImageIsGood(images[1 - running]))
		return false;
	sequence = i < 0 ? 0 : entryAt(i).sequence;
	do
		sequence++;
	while ((int)((sequence - 1) % slots) != 1 - running);
	write(i < 0 ? 0 : 1 - i, sequence, SIM_OTA_NEW);
	return true;
}

bool simOtaMark(int state) {
	const int running = simOtaRunning(), i = running < 0 ? -1 : active();
	if (running < 0 || i < 0)
		return false;
	if (state != SIM_OTA_VALID && !simImageIsGood(images[1 - running]))
		return false;
	if ((int)entryAt(i).state != state)
		write(i, entryAt(i).sequence, (uint32_t)state);
	return true;
}

const char *simOtaVersion(void) {
	const int running = simOtaRunning();
	return running < 0 ? "" : simImageVersion(images[running]);
}

const char *simOtaPartition(const char *name) {
	const int isNext = !strcmp(name, "nextota");
	const int running = isNext || !strcmp(name, "running") ? simOtaRunning() : -1;
	return running < 0 ? name : images[isNext ? 1 - running : running]->name;
}
