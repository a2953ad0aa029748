/*
 * `JSON.stringify([], null, 2)` is "[]", as with the SDK's newer XS: that of the package has lines between the brackets of what is empty. Both have
 * them where an object has names, but of none a value that is written.
 */
#include "xsAll.h"

#include <stdbool.h>

/* In xsJSON.c: where it is declared and defined, and where it is called. */
#define fxStringifyJSONIndent(MACHINE, ...) indent_##MACHINE, __VA_ARGS__)
#define indent_txMachine beginAnyLine(txMachine
#define indent_the beginLine(the

static void beginLine(txMachine *the, void *it);

#include "xsJSON.c"

/* The last indentation: where it is in the buffer, and the object or array that it begins, if it does. */
typedef struct {
	txSize begin, end;
	txSlot *instance;
} Indentation;

static bool isEmpty(txMachine *the, const txJSONStringifier *stringifier, txSlot *instance) {
	txSlot *names;
	bool hasNames;
	if (fxIsArray(the, instance))
		return true;
	if (stringifier->keys)
		return !stringifier->keys->value.reference->next;
	names = fxNewInstance(the);
	mxBehaviorOwnKeys(the, instance, XS_EACH_NAME_FLAG, names);
	hasNames = names->next != NULL;
	mxPop();
	return !hasNames;
}

/* An indentation has at most ten characters; what is behind them in XS's structure is free. */
static void beginLine(txMachine *the, void *it) {
	txJSONStringifier *stringifier = it;
	char *const place = stringifier->indent + sizeof(stringifier->indent) - sizeof(Indentation);
	Indentation last;
	if (!stringifier->indent[0])
		return;
	c_memcpy(&last, place, sizeof(last));
	/* Nothing since: this is the end of what it began. */
	if (stringifier->offset == last.end && isEmpty(the, stringifier, last.instance)) {
		stringifier->offset = last.begin;
		last.end = 0;
	} else {
		/* Its beginning has its value on the stack. */
		last.instance = stringifier->buffer[stringifier->offset - 1] == ',' ? NULL : the->stack->value.reference;
		last.begin = stringifier->offset;
		beginAnyLine(the, stringifier);
		last.end = stringifier->offset;
	}
	c_memcpy(place, &last, sizeof(last));
}
