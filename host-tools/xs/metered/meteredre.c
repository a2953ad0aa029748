/*
 * XS 13.3 repeats a group in other ways than the SDK's newer XS: it does not see where a repetition began, so that a group that may match nothing
 * never ends; it leaves the last capture of a group from the repetition before; it repeats an optional group again when it comes back to it; and
 * without memory it says that nothing matches. A script matches here what it matches on a chip with the SDK. What both have otherwise than
 * ECMAScript is refused when packing: host-tools/script/language/repetitions.ts.
 */
#include "metered.h"

struct sxPatternParser;
static void(fxQuantifierCode)(struct sxPatternParser *parser, void *it, txInteger direction, txInteger sequel);
static void beforeStep(
	txInteger *code, txInteger which, const txInteger *pointer, void *captures, void *quantifiers, txInteger offset);

/* Declaration and definition of XS's; what takes its address gets the one below. */
#define fxQuantifierCode(...) plainQuantifierCode(__VA_ARGS__)

/* Definitions begin with the type of their first argument, calls with its name. */
#define fxPushState(MACHINE, ...) push_##MACHINE, __VA_ARGS__)
#define push_txMachine pushState(txMachine
#define push_the pushOrAbort(the

/* XS counts each step of a regular expression, before it takes it; what the rest of the file counts goes another way. */
#undef mxMeterOne
#undef mxMeterSome
#define mxMeterOne() meterSteps(the, 1)
#define mxMeterSome(COUNT) meterSteps(the, (txU4)(COUNT))
#define meterIndex \
	meterIndex, beforeStep(code, which, pointer, captures, quantifiers, offset), ((txMachine *)the)->meterIndex

static struct sxStateData *pushOrAbort(
	txMachine *the, struct sxStateData *first, txInteger step, txInteger offset, void *captures, txInteger count);

#include "xsre.c"

#undef fxQuantifierCode

static txStateData *pushOrAbort(
	txMachine *the, txStateData *first, txInteger step, txInteger offset, void *captures, txInteger count) {
	txStateData *state = pushState(the, first, step, offset, captures, count);
	if (!state)
		fxAbort(the, XS_NOT_ENOUGH_MEMORY_EXIT);
	return state;
}

/* Of the code of a loop. */
enum { loopSequel = 3, loopFrom, loopTo };

/* XS clears the captures up to the last one but one: it gets one more. Those of a lazy loop are cleared below; XS, which sees the end before the beginning, does not. */
static void fxQuantifierCode(txPatternParser *parser, void *it, txInteger direction, txInteger sequel) {
	txQuantifier *self = it;
	plainQuantifierCode(parser, it, direction, sequel);
	txInteger *loop = (txInteger *)((txByte *)*parser->code + self->loop);
	if (self->greedy)
		loop[loopTo]++;
	else
		loop[loopTo] = -loop[loopTo] - 1;
}

static void clearCaptures(txCaptureData *captures, const txInteger *loop) {
	txInteger to = loop[loopTo] < 0 ? -loop[loopTo] : loop[loopTo];
	if (loop[loopFrom] < to)
		c_memset(captures + loop[loopFrom], -1, (to - loop[loopFrom]) * sizeof(txCaptureData));
}

static void beforeStep(
	txInteger *code, txInteger which, const txInteger *pointer, void *captures, void *quantifiers, txInteger offset) {
	if (which == cxQuantifierCompletion) {
		const txQuantifierData *quantifier = (txQuantifierData *)quantifiers + pointer[1];
		if (quantifier->min == 0 && quantifier->offset == offset)
			clearCaptures(captures, (txInteger *)((txByte *)code + pointer[0]));
		return;
	}
	if (which != cxQuantifierGreedyLoop && which != cxQuantifierLazyLoop)
		return;
	txQuantifierData *quantifier = (txQuantifierData *)quantifiers + pointer[1];
	quantifier->offset = offset;
	if (quantifier->max < 0)
		quantifier->max = 0;
	if (which == cxQuantifierLazyLoop && quantifier->min > 0 && quantifier->max > 0)
		clearCaptures(captures, pointer - 1);
}
