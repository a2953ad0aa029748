#include "xsmc.h"
#include "mc.xs.h"

#include <stdio.h>
#include <stdlib.h>

void xs_counter_destructor(void *data) {
	free(data);
}

void xs_counter(xsMachine *the) {
	int *count = malloc(sizeof(int));
	*count = xsmcToInteger(xsArg(0));
	xsmcSetHostData(xsThis, count);
	xsResult = xsTrue;
	xsmcSet(xsThis, xsID_made, xsResult);
}

void xs_counter_next(xsMachine *the) {
	int *count = xsmcGetHostData(xsThis);
	*count += MODDEF_COUNTER_STEP;
	xsmcSetInteger(xsResult, *count);
}
