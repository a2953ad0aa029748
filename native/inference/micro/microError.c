#include "microSmall.h"
#include "micro.h"

#include <stdarg.h>

typedef struct {
	char *at, *end;
} Writer;

#define QUANTITY(name, text) text "\0"
static const char quantities[] = MICRO_QUANTITIES;
#undef QUANTITY

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

static void format(Writer *writer, const char *pattern, va_list arguments) {
	char letter[2] = { 0, 0 };
	for (; *pattern; pattern++) {
		uint32_t value;
		if (*pattern != '%') {
			letter[0] = *pattern;
			putText(writer, letter);
			continue;
		}
		pattern++;
		if (*pattern == 's') {
			putText(writer, va_arg(arguments, const char *));
			continue;
		}
		value = *pattern == 'd' ? (uint32_t)va_arg(arguments, int32_t) : va_arg(arguments, uint32_t);
		if ((*pattern == 'd') && (value >> 31)) {
			putText(writer, "-");
			value = 0u - value;
		}
		putNumber(writer, value);
	}
	*writer->at = 0;
}

static void put(Writer *writer, const char *pattern, ...) {
	va_list arguments;
	va_start(arguments, pattern);
	format(writer, pattern, arguments);
	va_end(arguments);
}

static void report(InferenceError *error, InferenceStatus status, const char *pattern, va_list arguments) {
	Writer writer = { error->text, error->text + sizeof(error->text) - 1 };
	error->status = status;
	if (error->operatorIndex >= 0)
		put(&writer, "%s #%d: ", error->operatorName ? error->operatorName : "operator", error->operatorIndex);
	if (error->tensorIndex >= 0)
		put(&writer, "tensor %d ", error->tensorIndex);
	format(&writer, pattern, arguments);
}

void clearErrorContext(InferenceError *error) {
	error->operatorIndex = error->builtinCode = error->tensorIndex = -1;
	error->operatorName = NULL;
}

InferenceStatus microFail(InferenceError *error, InferenceStatus status, const char *pattern, ...) {
	if (error) {
		va_list arguments;
		va_start(arguments, pattern);
		report(error, status, pattern, arguments);
		va_end(arguments);
	}
	return status;
}

InferenceStatus microRefuse(const MicroNode *node, const MicroTensor *tensor, const char *pattern, ...) {
	InferenceError *error = node->error;
	if (error) {
		va_list arguments;
		error->tensorIndex = tensor ? tensor->index : -1;
		va_start(arguments, pattern);
		report(error, inferenceUnsupported, pattern, arguments);
		va_end(arguments);
	}
	return inferenceUnsupported;
}

static microCold InferenceStatus outside(
	InferenceError *error, InferenceStatus status, const char *what, int32_t value, int32_t least, int32_t most) {
	return microFail(error, status, least == most ? "has %s %d, %d expected" : "has %s %d, %d..%d expected", what,
		value, least, most);
}

static microCold InferenceStatus demand(
	InferenceError *error, MicroQuantity quantity, int32_t value, int32_t least, int32_t most, InferenceStatus status) {
	const char *what = quantities;
	if ((value >= least) && (value <= most))
		return inferenceOk;
	for (; quantity > 0; quantity--)
		while (*what++)
			;
	return outside(error, status, what, value, least, most);
}

InferenceStatus microDemand(InferenceError *error, MicroQuantity quantity, int32_t value, int32_t least, int32_t most) {
	return demand(
		error, quantity, value, least, most, quantity < quantityRank ? inferenceBadModel : inferenceUnsupported);
}

/* Makes the tensor that of the next error. */
static microCold InferenceError *about(const MicroNode *node, const MicroTensor *tensor) {
	if (node->error)
		node->error->tensorIndex = tensor ? tensor->index : -1;
	return node->error;
}

InferenceStatus microExpect(
	const MicroNode *node, const MicroTensor *tensor, const char *what, int32_t value, int32_t least, int32_t most) {
	if ((value >= least) && (value <= most))
		return inferenceOk;
	return outside(about(node, tensor), inferenceUnsupported, what, value, least, most);
}

InferenceStatus microExpectOf(const MicroNode *node, const MicroTensor *tensor, MicroQuantity quantity, int32_t value,
	int32_t least, int32_t most) {
	return demand(about(node, tensor), quantity, value, least, most, inferenceUnsupported);
}
