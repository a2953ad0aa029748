#include "xsmc.h"
#include "mc.xs.h"
#include "arguments.h"

int32_t argumentInteger(xsMachine *the, int index, const char *what, int32_t least, int32_t most) {
	const xsNumberValue value = xsmcToNumber(xsArg(index));
	/* The comparisons come first: the conversion of what is beyond an int32_t is undefined. */
	if (!(value >= least && value <= most) || value != (xsNumberValue)(int32_t)value) {
		xsmcSetNumber(xsResult, value);
		xsRangeError(
			"%s %s: a whole number from %ld to %ld expected", what, xsmcToString(xsResult), (long)least, (long)most);
	}
	return (int32_t)value;
}

void *hostDataOf(xsMachine *the, xsSlot *object, xsDestructor destructor, const char *what) {
	void *volatile data = NULL;
	xsTry {
		data = xsmcGetHostDataValidate(*object, (void *)(uintptr_t)destructor);
	}
	xsCatch {
		/* XS says "invalid"; whose method or argument it was helps more. */
		xsTypeError("%s: called with an object of another class", what);
	}
	return data;
}

void *openHostDataOf(xsMachine *the, xsSlot *object, xsDestructor destructor, const char *what) {
	void *data = hostDataOf(the, object, destructor, what);
	if (!data)
		xsUnknownError("%s: closed", what);
	return data;
}

void checkUnconstructed(xsMachine *the, xsDestructor destructor, const char *what) {
	if (hostDataOf(the, &xsThis, destructor, what))
		xsTypeError("%s: constructed twice", what);
}
