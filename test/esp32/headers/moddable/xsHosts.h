/* Of the Moddable SDK's xs/platforms/mc/xsHosts.h: what our C uses. Include xsAll.h before. */
#ifndef STAND_IN_XS_HOSTS_H
#define STAND_IN_XS_HOSTS_H

extern xsMachine *modCloneMachine(xsCreation *creation, const char *name);

#endif
