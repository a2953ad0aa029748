/*
 * `source` has a backslash before each slash. XS of the package puts one there also where the pattern has one, so that `split` and `matchAll`, which
 * make another expression of it, do not match what the first one matches. The SDK's newer XS does not.
 */
#include "xsAll.h"

/* Definition of XS's; what takes its address gets the one below. */
#define fx_RegExp_prototype_get_source(...) getDoubledSource(__VA_ARGS__)

#include "xsRegExp.c"

#undef fx_RegExp_prototype_get_source

/* A text with a slash is one that XS has made for this result. */
void fx_RegExp_prototype_get_source(txMachine *the) {
	txString from, to;
	char before = 0;
	getDoubledSource(the);
	if (!c_strchr(mxResult->value.string, '/'))
		return;
	for (from = to = mxResult->value.string; *from; before = *from++) {
		if (from[0] == '\\' && from[1] == '/' && before == '\\')
			continue;
		*to++ = *from;
	}
	*to = 0;
}
