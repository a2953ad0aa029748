/*
 * Runs models with TensorFlow Lite's C library, with the protocol of frames.h. The library is the one inside the npm
 * package tfjs-tflite-node; one thread, and no delegate: an inert one is added, which keeps the library from adding XNNPACK.
 */
#include <stdarg.h>
#include "frames.h"
#include "tensorflow/lite/c/c_api.h"
#include "tensorflow/lite/c/common.h"

enum { badArgument = 1, badModel, unsupported };

/* Of c_api_experimental.h, which the package leaves out; its libraries have it. */
TfLiteStatus TfLiteInterpreterResetVariableTensors(TfLiteInterpreter *interpreter);

static char message[1024];

static void keepMessage(void *context, const char *format, va_list arguments) {
	size_t used = strlen(message);

	(void)context;
	if (used && used + 1 < sizeof message)
		message[used++] = ' ';
	vsnprintf(message + used, sizeof message - used, format, arguments);
}

static TfLiteStatus takeNothing(TfLiteContext *context, TfLiteDelegate *delegate) {
	(void)context;
	(void)delegate;
	return kTfLiteOk;
}

static void fail(Answer *answer, uint32_t status, const char *what) {
	char text[1200];

	snprintf(text, sizeof text, "%s%s%s", what, *message ? ": " : "", message);
	putFault(answer, status, -1, -1, -1, 0, 0, text);
}

static int runOnce(TfLiteInterpreter *interpreter, const uint8_t *inputs, Answer *answer) {
	int32_t i;

	for (i = 0; i < TfLiteInterpreterGetInputTensorCount(interpreter); i++) {
		TfLiteTensor *tensor = TfLiteInterpreterGetInputTensor(interpreter, i);

		TfLiteTensorCopyFromBuffer(tensor, inputs, TfLiteTensorByteSize(tensor));
		inputs += TfLiteTensorByteSize(tensor);
	}
	if (TfLiteInterpreterInvoke(interpreter) != kTfLiteOk)
		return 0;
	for (i = 0; i < TfLiteInterpreterGetOutputTensorCount(interpreter); i++) {
		const TfLiteTensor *tensor = TfLiteInterpreterGetOutputTensor(interpreter, i);

		putBytes(answer, TfLiteTensorData(tensor), TfLiteTensorByteSize(tensor));
	}
	return 1;
}

static void runAll(TfLiteInterpreter *interpreter, const Request *request, Answer *answer) {
	size_t inputBytes = 0;
	int32_t i, outputs = TfLiteInterpreterGetOutputTensorCount(interpreter);
	uint32_t run;

	if (TfLiteInterpreterAllocateTensors(interpreter) != kTfLiteOk) {
		fail(answer, unsupported, "TensorFlow Lite cannot prepare the model");
		return;
	}
	for (i = 0; i < TfLiteInterpreterGetInputTensorCount(interpreter); i++)
		inputBytes += TfLiteTensorByteSize(TfLiteInterpreterGetInputTensor(interpreter, i));
	if (request->runs && inputBytes != request->runBytes) {
		snprintf(message, sizeof message, "%u given, %zu expected", (unsigned)request->runBytes, inputBytes);
		fail(answer, badArgument, "bytes of input per run");
		return;
	}
	putWord(answer, 0);
	putWord(answer, 0);
	putWord(answer, (uint32_t)outputs);
	for (i = 0; i < outputs; i++)
		putWord(answer, (uint32_t)TfLiteTensorByteSize(TfLiteInterpreterGetOutputTensor(interpreter, i)));
	for (run = 0; run < request->runs; run++) {
		if (request->reset)
			TfLiteInterpreterResetVariableTensors(interpreter);
		if (!runOnce(interpreter, request->inputs + (size_t)run * request->runBytes, answer)) {
			fail(answer, unsupported, "TensorFlow Lite cannot run the model");
			return;
		}
	}
}

static void serve(const Request *request, Answer *answer) {
	static TfLiteDelegate inert;
	TfLiteModel *model = TfLiteModelCreate(request->model, request->modelBytes);
	TfLiteInterpreterOptions *options;
	TfLiteInterpreter *interpreter;

	*message = 0;
	if (!model) {
		fail(answer, badModel, "TensorFlow Lite rejects the model");
		return;
	}
	inert = TfLiteDelegateCreate();
	inert.Prepare = takeNothing;
	inert.flags = kTfLiteDelegateFlagsAllowDynamicTensors;
	options = TfLiteInterpreterOptionsCreate();
	TfLiteInterpreterOptionsSetNumThreads(options, 1);
	TfLiteInterpreterOptionsSetErrorReporter(options, keepMessage, NULL);
	TfLiteInterpreterOptionsAddDelegate(options, &inert);
	interpreter = TfLiteInterpreterCreate(model, options);
	if (interpreter)
		runAll(interpreter, request, answer);
	else
		fail(answer, unsupported, "TensorFlow Lite cannot build the model");
	TfLiteInterpreterDelete(interpreter);
	TfLiteInterpreterOptionsDelete(options);
	TfLiteModelDelete(model);
}

int main(void) {
	Request request = { 0, 0, 0, 0, 0, 0, 0, NULL, NULL };
	Answer answer = { NULL, 0, 0 };

	while (readRequest(&request)) {
		serve(&request, &answer);
		sendAnswer(&answer);
	}
	free(request.model);
	free(request.inputs);
	free(answer.bytes);
	return 0;
}
