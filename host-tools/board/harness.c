#include "harness.h"

#include <stdbool.h>
#include <string.h>

static void putText(const char *text) {
	while (*text)
		harnessPut(*text++);
}

static void putNumber(uint64_t value) {
	char digits[21], *at = digits + sizeof(digits) - 1;
	*at = 0;
	do {
		*--at = (char)('0' + value % 10);
		value /= 10;
	} while (value);
	putText(at);
	harnessPut(' ');
}

static void putSigned(int32_t value) {
	if (value < 0)
		harnessPut('-');
	putNumber(value < 0 ? 0u - (uint32_t)value : (uint32_t)value);
}

static void putHex(const uint8_t *bytes, uint32_t count) {
	static const char digits[] = "0123456789abcdef";
	for (; count; count--, bytes++) {
		harnessPut(digits[*bytes >> 4]);
		harnessPut(digits[*bytes & 15]);
	}
}

/* FNV-1a, 32 bits. */
static uint32_t hashOf(const InferenceTensor *tensor) {
	const uint8_t *bytes = tensor->data;
	uint32_t hash = 2166136261u, i;
	for (i = 0; i < tensor->bytes; i++)
		hash = (hash ^ bytes[i]) * 16777619u;
	return hash;
}

__attribute__((weak)) size_t harnessArena(const Inference *inference) {
	return inferenceArenaUsed(inference);
}

static uint64_t started;

/* Excludes the time spent in this callback from the operator's. */
static void traced(void *context, uint32_t operatorIndex, int32_t code, const InferenceTensor *output) {
	uint64_t spent = harnessCounter() - started;
	uint32_t hash = hashOf(output);
	uint8_t bytes[4] = { (uint8_t)(hash >> 24), (uint8_t)(hash >> 16), (uint8_t)(hash >> 8), (uint8_t)hash };
	(void)context;
	putText("operator ");
	putNumber(operatorIndex);
	putSigned(code);
	putNumber(spent);
	putHex(bytes, 4);
	harnessPut('\n');
	started = harnessCounter();
}

static void putError(const InferenceError *error) {
	putText("error ");
	putNumber((uint64_t)error->status);
	putSigned(error->operatorIndex);
	putSigned(error->tensorIndex);
	putNumber(error->needed);
	putNumber(error->given);
	putText(error->text);
	harnessPut('\n');
}

static bool giveInputs(Inference *inference, const HarnessRequest *request, uint32_t run) {
	const uint8_t *from = request->inputs + (size_t)run * request->inputBytes;
	InferenceError error;
	uint32_t i;
	for (i = 0; i < inferenceInputCount(inference); i++) {
		InferenceTensor tensor = inferenceInput(inference, i);
		if ((i >= inferenceMaxExternal) || !(request->external >> i & 1))
			memcpy(tensor.data, from, tensor.bytes);
		else if (inferenceBindInput(inference, i, from, tensor.bytes, &error) != inferenceOk) {
			putError(&error);
			return false;
		}
		from += tensor.bytes;
	}
	return true;
}

void harnessRun(const HarnessRequest *request) {
	InferenceError error;
	Inference *inference;
	uint32_t run, i, bytes = 0;
	uint64_t before = harnessCounter();

	if (inferenceLoadExternal(&inference, request->model, request->modelBytes, request->arena, request->arenaBytes,
			request->external, &error) != inferenceOk) {
		putError(&error);
		return;
	}
	before = harnessCounter() - before;
	putText("arena ");
	putNumber(harnessArena(inference));
	putText("\nload ");
	putNumber(before);
	harnessPut('\n');
	for (i = 0; i < inferenceInputCount(inference); i++)
		bytes += inferenceInput(inference, i).bytes;
	if (request->runs && (bytes != request->inputBytes)) {
		putText("inputs ");
		putNumber(bytes);
		harnessPut('\n');
		return;
	}
	for (run = 0; run < request->runs; run++) {
		if (!giveInputs(inference, request, run))
			return;
		before = harnessCounter();
		if (inferenceInvoke(inference) != inferenceOk) {
			memset(&error, 0, sizeof error);
			error.status = inferenceFailed;
			error.operatorIndex = error.tensorIndex = -1;
			strcpy(error.text, "an operator failed while it ran");
			putError(&error);
			return;
		}
		before = harnessCounter() - before;
		putText("run ");
		putNumber(before);
		harnessPut('\n');
		for (i = 0; i < inferenceOutputCount(inference); i++) {
			InferenceTensor tensor = inferenceOutput(inference, i);
			putText("output ");
			putHex(tensor.data, tensor.bytes);
			harnessPut('\n');
		}
		if (request->trace) {
			giveInputs(inference, request, run);
			inferenceTrace(inference, traced, NULL);
			started = harnessCounter();
			inferenceInvoke(inference);
			inferenceTrace(inference, NULL, NULL);
		}
	}
	inferenceUnload(inference);
}
