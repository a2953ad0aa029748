#include "xsmc.h"
#include "mc.xs.h"
#include "simOta.h"

void xs_simota_begin(xsMachine *the) {
	xsmcSetBoolean(xsResult, simOtaBegin());
}

void xs_simota_complete(xsMachine *the) {
	xsmcSetBoolean(xsResult, simOtaComplete());
}
