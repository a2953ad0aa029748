#include "xsmc.h"
#include "mc.xs.h"
#include "arguments.h"
#include "firmwareHal.h"

void xs_firmware_running(xsMachine *the) {
	xsmcSetInteger(xsResult, firmwareHalRunning());
}

void xs_firmware_state(xsMachine *the) {
	const int slot = argumentInteger(the, 0, "firmware: slot", 0, 1);
	xsmcSetInteger(xsResult, firmwareHalState(slot));
}

void xs_firmware_confirm(xsMachine *the) {
	xsmcSetBoolean(xsResult, firmwareHalConfirm());
}

void xs_firmware_giveUp(xsMachine *the) {
	xsmcSetBoolean(xsResult, firmwareHalGiveUp());
}

void xs_firmware_restart(xsMachine *the) {
	(void)the;
	firmwareHalRestart();
}

void xs_firmware_version(xsMachine *the) {
	const char *version = firmwareHalVersion();
	if (version)
		xsmcSetString(xsResult, (xsStringValue)version);
}
