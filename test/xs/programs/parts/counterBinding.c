#include "xsmc.h"
#include "mc.xs.h"

#include <stdio.h>
#include <stdlib.h>

void xs_counter_destructor(void *data) {
	free(data);
}

void xs_counter(xsMachine *the) {
	const int start = xsmcToInteger(xsArg(0));
	int *count = malloc(sizeof(int));
	*count = start;
	xsmcSetHostData(xsThis, count);
	xsResult = xsTrue;
	xsmcSet(xsThis, xsID_made, xsResult);
}

void xs_counter_next(xsMachine *the) {
	int *count = xsmcGetHostDataValidate(xsThis, (void *)xs_counter_destructor);
	*count += MODDEF_COUNTER_STEP;
	xsmcSetInteger(xsResult, *count);
}
