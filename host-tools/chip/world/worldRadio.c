#include "worldRadio.h"

#include "clock.h"
#include "worldCount.h"
#include "worldTasks.h"

/* Where calls.S looks. */
LoraHal worldHal;

/* start.S: runs a function of the chip now, before what the chip was doing goes on. */
extern void worldCallChip(void (*function)(void *), void *argument);

static struct {
	LoraHalWake wake;
	LoraHalDeliver deliver;
	void *owner;
	void (*lock)(void *context), (*unlock)(void *context);
	bool isLocked; /* by script */
	bool isRunning, isWoken;
} driver;

static void runDriver(void) {
	while (driver.isWoken && !driver.isLocked) {
		driver.isWoken = false;
		driver.isRunning = true;
		worldDriver(1);
		worldCallChip(driver.wake, driver.owner);
		worldDriver(0);
		driver.isRunning = false;
	}
}

/* The driver has a task of its own, of a higher priority than script's. */
static void wakeDriver(void *owner) {
	(void)owner;
	driver.isWoken = true;
	if (!driver.isRunning)
		runDriver();
}

static void lock(void *context) {
	driver.lock(context);
	if (!driver.isRunning)
		driver.isLocked = true;
}

static void unlock(void *context) {
	driver.unlock(context);
	if (driver.isRunning)
		return;
	driver.isLocked = false;
	runDriver();
}

/* Script's task: when the world is left. */
static void deliver(void *owner) {
	(void)owner;
	worldPost(driver.deliver, driver.owner);
}

void *worldOpenRadio(
	const LoraBoard *board, const LoraPins *pins, LoraHalWake wake, LoraHalDeliver itsDeliver, void *owner) {
	if (worldHal.context)
		return NULL;
	driver.wake = wake;
	driver.deliver = itsDeliver;
	driver.owner = owner;
	if (!loraHalOpen(&worldHal, board, pins, NULL, wakeDriver, deliver, NULL))
		return NULL;
	driver.lock = worldHal.lock;
	driver.unlock = worldHal.unlock;
	worldHal.lock = lock;
	worldHal.unlock = unlock;
	return worldHal.context;
}

void worldCloseRadio(void) {
	loraHalClose(&worldHal);
	driver.isWoken = driver.isLocked = false;
}
