/* Of the Moddable SDK's xs/platforms/mc/xsHosts.h: what our C uses. Include xsmc.h, or xsAll.h and xs.h, before. */
#ifndef STAND_IN_XS_HOSTS_H
#define STAND_IN_XS_HOSTS_H

#include "modTimer.h"

extern xsMachine *modCloneMachine(xsCreation *creation, const char *name);

#ifdef mxInstrument
extern void modInstrumentMachineBegin(
	xsMachine *the, modTimerCallback instrumentationCallback, int count, char **names, char **units);
extern void modInstrumentMachineEnd(xsMachine *the);
extern void modInstrumentMachineReset(xsMachine *the);
#endif

#endif
