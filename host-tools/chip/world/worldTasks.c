#include "worldTasks.h"

#include <stddef.h>

/* The world's code is at this address and above: chip.ld. */
static const uintptr_t worldAddress = 0x8B000000u;

static SimEvent posted;
static void *postedContext;

void worldPost(SimEvent call, void *context) {
	posted = call;
	postedContext = context;
}

int worldTakeTask(SimEvent *call, void **context) {
	SimEvent event;
	void *its;
	while (!posted) {
		if (!simClockTake(&event, &its))
			return 0;
		if ((uintptr_t)event < worldAddress) {
			*call = event;
			*context = its;
			return 1;
		}
		event(its);
	}
	*call = posted;
	*context = postedContext;
	posted = NULL;
	return 1;
}
