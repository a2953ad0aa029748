/* `(0.25).toFixed(0)` is "0", as with the SDK's newer XS: that of the package leaves a point at the end. */
#include "xsAll.h"

#define fxNumberToString(...) numberToPointedString(__VA_ARGS__)

#include "xsdtoa.c"

#undef fxNumberToString

txString fxNumberToString(void *dtoa, txNumber number, txString buffer, txSize size, txByte mode, txInteger precision) {
	txString text = numberToPointedString(dtoa, number, buffer, size, mode, precision);
	txString point = text + c_strlen(text) - 1;
	if (point > text && *point == '.')
		*point = 0;
	return text;
}
