#include "microSmall.h"
#include "micro.h"

#include <stdarg.h>
#include <string.h>

typedef struct {
	char *at, *end;
} Writer;

static void putText(Writer *writer, const char *text) {
	while (*text && (writer->at < writer->end))
		*writer->at++ = *text++;
}

static void putNumber(Writer *writer, uint32_t value) {
	char digits[11], *at = digits + sizeof(digits) - 1;
	*at = 0;
	do {
		*--at = (char)('0' + value % 10);
		value /= 10;
	} while (value);
	putText(writer, at);
}

static void format(char *text, uint32_t size, const char *pattern, va_list arguments) {
	Writer writer = { text, text + size - 1 };
	char letter[2] = { 0, 0 };
	for (; *pattern; pattern++) {
		if (*pattern != '%') {
			letter[0] = *pattern;
			putText(&writer, letter);
			continue;
		}
		switch (*++pattern) {
			case 's': putText(&writer, va_arg(arguments, const char *)); break;
			case 'u': putNumber(&writer, va_arg(arguments, uint32_t)); break;
			default: {
				int32_t value = va_arg(arguments, int32_t);
				if (value < 0) putText(&writer, "-");
				putNumber(&writer, value < 0 ? 0u - (uint32_t)value : (uint32_t)value);
			} break;
		}
	}
	*writer.at = 0;
}

void microFormat(char *text, uint32_t size, const char *pattern, ...) {
	va_list arguments;
	va_start(arguments, pattern);
	format(text, size, pattern, arguments);
	va_end(arguments);
}

InferenceStatus microFail(InferenceError *error, InferenceStatus status, int32_t tensorIndex, const char *pattern, ...) {
	if (error) {
		va_list arguments;
		error->status = status;
		error->tensorIndex = tensorIndex;
		va_start(arguments, pattern);
		format(error->text, sizeof(error->text), pattern, arguments);
		va_end(arguments);
	}
	return status;
}

/* "CONV_2D #3: tensor 7 ..." */
InferenceStatus microRefuse(MicroNode *node, const MicroTensor *tensor, const char *pattern, ...) {
	InferenceError *error = node->error;
	if (error) {
		va_list arguments;
		uint32_t length;
		error->status = inferenceUnsupported;
		error->operatorIndex = node->index;
		error->builtinCode = node->code;
		error->operatorName = inferenceOperatorName(node->code);
		error->tensorIndex = tensor ? tensor->index : -1;
		if (tensor)
			microFormat(error->text, sizeof(error->text), "%s #%d: tensor %d ", error->operatorName, node->index, tensor->index);
		else
			microFormat(error->text, sizeof(error->text), "%s #%d: ", error->operatorName, node->index);
		length = (uint32_t)strlen(error->text);
		va_start(arguments, pattern);
		format(error->text + length, (uint32_t)sizeof(error->text) - length, pattern, arguments);
		va_end(arguments);
	}
	return inferenceUnsupported;
}
