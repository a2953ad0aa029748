/*
 * `decodeURI` and `decodeURIComponent` refuse what is not UTF-8, as with the SDK's newer XS: that of the package takes longer ways to write a character,
 * surrogates, and characters beyond U+10FFFF.
 */
#include "xsAll.h"

/* Definitions of XS's; what takes their addresses gets the ones below. */
#define fx_decodeURI(...) decodeAnyURI(__VA_ARGS__)
#define fx_decodeURIComponent(...) decodeAnyURIComponent(__VA_ARGS__)

#include "xsGlobal.c"

#undef fx_decodeURI
#undef fx_decodeURIComponent

/* Bytes of a character that follow its first. */
static int followers(txInteger first) {
	return first < 0xC0 ? 0 : first < 0xE0 ? 1 : first < 0xF0 ? 2 : first < 0xF8 ? 3 : first < 0xFC ? 4 : 5;
}

/* XS itself sees bytes that are missing, or none of UTF-8. */
static void requireCharacters(txMachine *the) {
	static const txInteger least[] = { 0, 0x80, 0x800, 0x10000, 0x200000, 0x4000000 };
	txString text = mxArgc > 0 ? fxToString(the, mxArgv(0)) : (txString) "";
	while ((text = c_strchr(text, '%'))) {
		txInteger character, byte;
		int count, left;
		text++;
		if (!fxParseHexEscape(&text, &character))
			return;
		count = followers(character);
		character &= count > 0 ? 0x3F >> count : 0x7F;
		for (left = count; left > 0; left--) {
			if (*text++ != '%' || !fxParseHexEscape(&text, &byte))
				return;
			character = character << 6 | (byte & 0x3F);
		}
		if (character < least[count] || character > 0x10FFFF || (0xD800 <= character && character <= 0xDFFF))
			mxURIError("invalid URI");
	}
}

void fx_decodeURI(txMachine *the) {
	requireCharacters(the);
	decodeAnyURI(the);
}

void fx_decodeURIComponent(txMachine *the) {
	requireCharacters(the);
	decodeAnyURIComponent(the);
}
