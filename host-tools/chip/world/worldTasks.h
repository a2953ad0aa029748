/* Tasks of the chip. */
#ifndef LOAM_WORLD_TASKS_H
#define LOAM_WORLD_TASKS_H

#include "clock.h"

/* The chip runs this when the running event of the world has ended. */
void worldPost(SimEvent call, void *context);
/* As simClockTake; a task that is the world's own is run here. */
int worldTakeTask(SimEvent *call, void **context);

#endif
