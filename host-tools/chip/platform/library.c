/* What the C library and XS need of a platform: memory for malloc, text out, an end, the environment. */
#include "chip.h"

char *chipHeapFrom, *chipHeapTop;
static char *heapEnd;

void chipHeapStart(void *from, void *to) {
	chipHeapFrom = chipHeapTop = from;
	heapEnd = to;
}

void *sbrk(ptrdiff_t bytes) {
	char *result = chipHeapTop;
	if (bytes > heapEnd - chipHeapTop || bytes < chipHeapFrom - chipHeapTop)
		return (void *)-1;
	chipHeapTop += bytes;
	return result;
}

typedef struct {
	char text[128];
	size_t length;
} Buffer;

static Buffer buffers[2];

static void flushBuffer(int descriptor) {
	Buffer *buffer = &buffers[descriptor - 1];
	if (buffer->length)
		worldWrite(descriptor, buffer->text, buffer->length);
	buffer->length = 0;
}

static int put(int descriptor, char letter) {
	Buffer *buffer = &buffers[descriptor - 1];
	buffer->text[buffer->length++] = letter;
	if (buffer->length == sizeof(buffer->text) || letter == '\n')
		flushBuffer(descriptor);
	return (unsigned char)letter;
}

static int putOut(char letter, FILE *file) {
	(void)file;
	return put(1, letter);
}

static int putError(char letter, FILE *file) {
	(void)file;
	return put(2, letter);
}

static int flushOut(FILE *file) {
	(void)file;
	flushBuffer(1);
	return 0;
}

static int flushError(FILE *file) {
	(void)file;
	flushBuffer(2);
	return 0;
}

static FILE out = FDEV_SETUP_STREAM(putOut, NULL, flushOut, _FDEV_SETUP_WRITE);
static FILE error = FDEV_SETUP_STREAM(putError, NULL, flushError, _FDEV_SETUP_WRITE);
FILE *const stdout = &out;
FILE *const stderr = &error;
FILE *const stdin = NULL;

void _exit(int code) {
	worldExit(code);
}

void hostCheckEnd(txMachine *the) {
	(void)the;
}

/* The chip has no debugger. */
void hostDebuggerStart(txMachine *the) {
	(void)the;
}

void hostDebuggerTurn(txMachine *the) {
	(void)the;
}

void hostDebuggerScript(txMachine *the) {
	(void)the;
}

/* Bytes that a C function may still take when XS asks: one below calls no script. */
enum { stackMargin = 1024 };

char *fxCStackLimit(void) {
	extern char chipStackBottom[];
	return chipStackBottom + stackMargin;
}

/* The world watches it by itself, and counts instructions. */
int hostStepsTaken(txMachine *the, HostSteps are) {
	(void)the;
	(void)are;
	return 0;
}

void hostLookedUp(txMachine *the) {
	(void)the;
}

HostSteps hostStepsOf(txMachine *the) {
	(void)the;
	return HOST_STEPS_FREE;
}

void hostTimePasses(void) {
}

void hostScriptTimeTurn(void) {
}

void hostSimulatedCode(const txScript *script) {
	(void)script;
}
