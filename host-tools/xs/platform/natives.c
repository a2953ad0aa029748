/*
 * The globals of device code: trace, and the SDK's Native API. `native(name)` gives the C function of that name and
 * `Native(name)` a base class whose instances carry C data, freed by the C destructor of that name.
 */
#include "host.h"
#include "clock.h"

extern void fx_harden(txMachine *the);
extern void fx_lockdown(txMachine *the);

/* Of each native, made at first use in a machine: its function object. */
typedef struct {
	txSlot slot;
	int isMade;
} HostFunction;
struct HostFunctions {
	size_t count;
	HostFunction all[];
};

static int compareNative(const void *name, const void *entry) {
	return strcmp(name, ((const HostNative *)entry)->name);
}

static int compareNativeClass(const void *name, const void *entry) {
	return strcmp(name, ((const HostNativeClass *)entry)->name);
}

static void throwUnknown(txMachine *the, const char *what, const char *name) {
	mxTypeError("%s(\"%s\"): no C source of the manifest has it", what, name);
}

static void host_native(txMachine *the) {
	const char *name = fxToString(the, mxArgv(0));
	const HostNative *entry = bsearch(name, hostNatives, hostNativeCount, sizeof(HostNative), compareNative);
	HostFunction *function;
	if (!entry)
		throwUnknown(the, "native", name);
	function = &the->functions->all[entry - hostNatives];
	if (!function->isMade) {
		fxNewHostFunction(the, entry->callback, 0, XS_NO_ID, XS_NO_ID);
		function->slot.kind = the->stack->kind;
		function->slot.value = the->stack->value;
		fxRemember(the, &function->slot);
		mxPop();
		function->isMade = 1;
	}
	mxResult->kind = function->slot.kind;
	mxResult->value = function->slot.value;
	hostLookedUp(the);
}

/*
 * An object with room for C data. This XS takes any such object for a buffer, of as many bytes as its `byteLength` says; so
 * that it is none, it is one of no bytes. XS of the SDK refuses it.
 */
void hostNewObject(txMachine *the, txDestructor destructor) {
	fxNewHostObject(the, destructor);
	fxSetHostBuffer(the, the->stack, NULL, 0);
}

/* super() of a native class: an object with room for C data, of the class that `new` was called with. */
static void constructNative(txMachine *the) {
	txSlot *function = mxFunction->value.reference;
	txSlot *prototype = mxBehaviorGetProperty(the, function, mxID(_prototype), 0, XS_OWN);
	txDestructor destructor = prototype->value.reference->next->value.host.variant.destructor;
	if (mxIsUndefined(mxTarget))
		mxTypeError("call: class");
	hostNewObject(the, destructor);
	mxPullSlot(mxResult);
	mxPushSlot(mxTarget);
	fxGetID(the, mxID(_prototype));
	mxResult->value.reference->value.instance.prototype = fxToInstance(the, the->stack);
	mxPop();
}

static void host_Native(txMachine *the) {
	const char *name = fxToString(the, mxArgv(0));
	const HostNativeClass *entry =
		bsearch(name, hostNativeClasses, hostNativeClassCount, sizeof(HostNativeClass), compareNativeClass);
	if (!entry)
		throwUnknown(the, "Native", name);
	fxNewHostObject(the, entry->destructor);
	fxNewHostConstructor(the, constructNative, 0, XS_NO_ID);
	mxPullSlot(mxResult);
}

txInteger hostArgc(txMachine *the) {
	txInteger count = mxArgc;
	while (count > 0 && mxIsUndefined(mxArgv(count - 1)))
		count--;
	return count;
}

static void traceArguments(txMachine *the) {
	txInteger i;
	for (i = 0; i < mxArgc; i++) {
		txString text = fxToString(the, mxArgv(i));
		fputs(text, stdout);
	}
}

static void host_trace(txMachine *the) {
	txInteger i;
	traceArguments(the);
	for (i = 0; i < mxArgc; i++)
		fxReport(the, "%s", mxArgv(i)->value.string);
}

static void define(txMachine *the, const char *name) {
	txSlot *global = mxGlobal.value.reference;
	txSlot *property = mxBehaviorSetProperty(the, global, fxNewNameC(the, (txString)name), 0, XS_OWN);
	property->flag = XS_DONT_ENUM_FLAG;
	property->kind = the->stack->kind;
	property->value = the->stack->value;
	mxPop();
}

/* What an app script may use: a program with app scripts has a module that takes the rest from the built-in objects. */
static void limitLanguage(txMachine *the) {
	if (!hostFind(hostProgram.modules, hostProgram.moduleCount, "language"))
		return;
	mxPushStringC((txString) "language");
	fxAwaitImport(the, XS_IMPORT_NAMESPACE);
	mxPop();
}

/* As the SDK's linker has it: the constructor that a date names is that of compartments, which knows no time. */
static void setDateConstructor(txMachine *the) {
	const txSlot *table = mxCompartmentGlobal.value.reference->next;
	txSlot *constructor = mxBehaviorGetProperty(the, mxDatePrototype.value.reference, mxID(_constructor), 0, XS_OWN);
	constructor->kind = table->value.array.address[_Date].kind;
	constructor->value = table->value.array.address[_Date].value;
}

/*
 * On the chip the built-in objects are in flash: frozen, and without the constructors that turn text into code of another
 * compartment. Here lockdown does that; it needs a global `harden`, which the chip does not have.
 */
static void freezeBuiltIns(txMachine *the) {
	fxNewHostFunction(the, fx_harden, 1, XS_NO_ID, XS_NO_ID);
	define(the, "harden");
	mxPushUndefined();
	fxNewHostFunction(the, fx_lockdown, 0, XS_NO_ID, XS_NO_ID);
	mxCall();
	mxRunCount(0);
	mxPop();
	mxBehaviorDeleteProperty(the, mxGlobal.value.reference, fxNewNameC(the, (txString) "harden"), 0);
	setDateConstructor(the);
}

void hostStartFunctions(txMachine *the) {
	the->functions = calloc(1, sizeof(struct HostFunctions) + hostNativeCount * sizeof(HostFunction));
	the->functions->count = hostNativeCount;
}

void hostStartNatives(txMachine *the) {
	size_t i;
	hostStartFunctions(the);
	fxBeginHost(the);
	for (i = 0; i < hostIdentifierCount; i++)
		*hostIdentifiers[i].id = fxNewNameC(the, (txString)hostIdentifiers[i].name);
	fxEndHost(the);
}

void hostBuildGlobals(txMachine *the) {
	fxBeginHost(the);
	fxNewHostFunction(the, host_native, 1, XS_NO_ID, XS_NO_ID);
	define(the, "native");
	fxNewHostFunction(the, host_Native, 1, XS_NO_ID, XS_NO_ID);
	define(the, "Native");
	fxNewHostFunction(the, host_trace, 1, XS_NO_ID, XS_NO_ID);
	define(the, "trace");
	limitLanguage(the);
	freezeBuiltIns(the);
	fxEndHost(the);
}

int hostGetTimeOfDay(struct timeval *time, void *zone) {
	double date = simClockDate();
	(void)zone;
	time->tv_sec = (time_t)floor(date / 1000.0);
	time->tv_usec = (suseconds_t)(date * 1000.0 - (double)time->tv_sec * 1000000.0);
	return 0;
}

/* xorshift32: the chip has a hardware generator; here a run must be repeatable. */
static uint32_t randomState = 2463534242u;

void hostSeed(uint32_t seed) {
	randomState = seed * 2654435761u ^ 2463534242u;
	if (!randomState)
		randomState = 2463534242u;
}

void hostStirRandom(uint32_t program) {
	randomState ^= program * 2654435761u;
	if (!randomState)
		randomState = 2463534242u;
}

int hostRandom(void) {
	randomState ^= randomState << 13;
	randomState ^= randomState >> 17;
	randomState ^= randomState << 5;
	return (int)(randomState & 0x7FFFFFFF);
}
