/* Runs models with the inference backend that is linked in (native/inference/backend.h), speaking the protocol of frames.h. */
#include "backend.h"
#include "frames.h"

#if defined(RUNNER_TFLM)
	#include "tflm/tflm.h"

	#include <setjmp.h>
	#include <signal.h>
#endif

typedef struct {
	Answer rows;
	uint32_t count;
} Trace;

static uint32_t fnv1a(const uint8_t *bytes, uint32_t count) {
	uint32_t hash = 2166136261u;

	while (count--)
		hash = (hash ^ *bytes++) * 16777619u;
	return hash;
}

static void traceOperator(void *context, uint32_t index, int32_t builtinCode, const InferenceTensor *output) {
	Trace *trace = context;
	uint8_t i;

	trace->count++;
	putWord(&trace->rows, index);
	putWord(&trace->rows, (uint32_t)builtinCode);
	putWord(&trace->rows, output->rank);
	for (i = 0; i < output->rank; i++)
		putWord(&trace->rows, (uint32_t)output->dims[i]);
	putWord(&trace->rows, fnv1a(output->data, output->bytes));
}

/* An external input gets a block of its own, of just its size. */
static void giveInput(Inference *inference, uint32_t i, const uint8_t *bytes, uint8_t **block) {
	const InferenceTensor tensor = inferenceInput(inference, i);

	if (block) {
		*block = frameMemory(*block, tensor.bytes);
		inferenceBindInput(inference, i, *block, tensor.bytes, NULL);
	}
	memcpy(block ? *block : tensor.data, bytes, tensor.bytes);
}

static InferenceStatus runOnce(
	Inference *inference, const uint8_t *inputs, uint32_t external, uint8_t **blocks, Trace *trace, Answer *answer) {
	InferenceStatus status;
	uint32_t i;

	for (i = 0; i < inferenceInputCount(inference); i++) {
		const uint32_t bytes = inferenceInput(inference, i).bytes;

		giveInput(inference, i, inputs, (i < inferenceMaxExternal) && (external >> i & 1) ? &blocks[i] : NULL);
		inputs += bytes;
	}
	trace->rows.used = 0;
	trace->count = 0;
	status = inferenceInvoke(inference);
	for (i = 0; i < inferenceOutputCount(inference); i++) {
		InferenceTensor tensor = inferenceOutput(inference, i);

		putBytes(answer, tensor.data, tensor.bytes);
	}
	return status;
}

static void runAll(Inference *inference, const Request *request, Trace *trace, Answer *answer) {
	uint8_t *blocks[inferenceMaxExternal] = { NULL };
	size_t inputBytes = 0;
	uint32_t i, run;
	char text[80];

	for (i = 0; i < inferenceInputCount(inference); i++)
		inputBytes += inferenceInput(inference, i).bytes;
	if (request->runs && inputBytes != request->runBytes) {
		snprintf(text, sizeof text, "bytes of input per run: %u given, %zu expected", (unsigned)request->runBytes,
			inputBytes);
		putFault(answer, inferenceBadArgument, -1, -1, -1, 0, 0, text);
		return;
	}
	if (request->trace)
		inferenceTrace(inference, traceOperator, trace);
	putWord(answer, 0);
	putWord(answer, (uint32_t)inferenceArenaUsed(inference));
	putWord(answer, inferenceOutputCount(inference));
	for (i = 0; i < inferenceOutputCount(inference); i++)
		putWord(answer, inferenceOutput(inference, i).bytes);
	for (run = 0; run < request->runs; run++) {
		if (request->reset)
			inferenceReset(inference);
		if (runOnce(inference, request->inputs + (size_t)run * request->runBytes, request->external, blocks, trace,
				answer) != inferenceOk) {
			snprintf(text, sizeof text, "an operator failed in run %u", (unsigned)run);
			putFault(answer, inferenceFailed, -1, -1, -1, 0, 0, text);
			break;
		}
		if (request->trace) {
			putWord(answer, trace->count);
			putBytes(answer, trace->rows.bytes, trace->rows.used);
		}
	}
	for (i = 0; i < inferenceMaxExternal; i++)
		free(blocks[i]);
}

static void load(const Request *request, uint8_t *arena, Trace *trace, Answer *answer) {
	InferenceError error;
	Inference *inference = NULL;

	memset(&error, 0, sizeof error);
	if (inferenceLoadExternal(&inference, request->model, request->modelBytes, arena, request->arenaBytes,
			request->external, &error) != inferenceOk)
		putFault(answer, error.status, error.operatorIndex, error.builtinCode, error.tensorIndex, error.needed,
			error.given, error.text);
	else
		runAll(inference, request, trace, answer);
	inferenceUnload(inference);
}

#if defined(RUNNER_TFLM)
/* A kernel of TensorFlow Lite Micro that stops with an assertion, or with what its build has in place of one, is an answer, and the next request is served. */
static sigjmp_buf stopped;
static volatile sig_atomic_t isRunning;
/* More than what the shim has at the start of the arena. */
enum { recordBytes = 16384 };

static void onSignal(int number) {
	if (isRunning)
		siglongjmp(stopped, 1);
	signal(number, SIG_DFL);
	raise(number);
}

static void loadGuarded(const Request *request, uint8_t *arena, Trace *trace, Answer *answer) {
	static const int numbers[] = { SIGABRT, SIGFPE, SIGSEGV, SIGBUS, SIGILL };
	InferenceError error;
	size_t i;

	for (i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
		signal(numbers[i], onSignal);
	memset(arena, 0, request->arenaBytes < recordBytes ? request->arenaBytes : recordBytes);
	if (sigsetjmp(stopped, 1) == 0) {
		isRunning = 1;
		load(request, arena, trace, answer);
	} else {
		isRunning = 0;
		tflmStopped(arena, &error);
		putFault(answer, error.status, error.operatorIndex, error.builtinCode, -1, 0, 0, error.text);
	}
	isRunning = 0;
}
#else
	#define loadGuarded load
#endif

static void serve(const Request *request, Trace *trace, Answer *answer) {
	uint8_t *memory = frameMemory(NULL, (size_t)request->arenaBytes + inferenceArenaAlignment);
	uint8_t *arena =
		memory + (inferenceArenaAlignment - (uintptr_t)memory % inferenceArenaAlignment) % inferenceArenaAlignment;

	loadGuarded(request, arena, trace, answer);
	free(memory);
}

int main(void) {
	Request request = { 0, 0, 0, 0, 0, 0, 0, NULL, NULL };
	Answer answer = { NULL, 0, 0 };
	Trace trace = { { NULL, 0, 0 }, 0 };

	while (readRequest(&request)) {
		serve(&request, &trace, &answer);
		sendAnswer(&answer);
	}
	free(request.model);
	free(request.inputs);
	free(answer.bytes);
	free(trace.rows.bytes);
	return 0;
}
