/* instrumentsHal.h on the SDK's desktop platform, which has a list of its own. */
#include "../../../../native/instruments/instrumentsHal.h"

void instrumentsHalStart(void *machine) {
	(void)machine;
}

void instrumentsHalSet(unsigned which, int32_t value) {
	(void)which;
	(void)value;
}
