/*
 * XS of the package asks its meter at functions and loops of script. A script machine must also be stopped in loops of built-in functions, as
 * with the SDK's newer XS: `Array(4294967295).indexOf(1)`. So these files compile some of XS with a meter that asks at each step there.
 */
#ifndef LOAM_METERED_H
#define LOAM_METERED_H

#include "xsAll.h"

/* The node's own machine is never stopped. */
static inline txU4 meterSteps(txMachine *the, txU4 steps) {
	the->meterIndex += steps;
	if (the->script && the->meterInterval && the->meterIndex > the->meterCount)
		fxCheckMetering(the);
	return the->meterIndex;
}

#endif
