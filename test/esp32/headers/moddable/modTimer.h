/* Of the Moddable SDK's modules/base/timer/modTimer.h: what our C uses. */
#ifndef STAND_IN_MOD_TIMER_H
#define STAND_IN_MOD_TIMER_H

typedef struct modTimerRecord *modTimer;
typedef void (*modTimerCallback)(modTimer timer, void *refcon, int refconSize);

#endif
