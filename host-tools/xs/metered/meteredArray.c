#include "metered.h"

#undef mxMeterOne
#undef mxMeterSome
#define mxMeterOne() meterSteps(the, 1)
#define mxMeterSome(COUNT) meterSteps(the, (txU4)(COUNT))

#include "xsArray.c"
