/*
 * UNIDIRECTIONAL_SEQUENCE_LSTM, int8 or int16 with weights of int8 and a cell of int16, as Keras' LSTM: no peepholes, projection or normalization. Its hidden state and its
 * cell are variable tensors, which last from one invoke to the next.
 */
#include "microSmall.h"
#include "micro16x8.h"
#include "microFour.h"
#include "microSixteen.h"

#include <string.h>

enum { optionActivation, optionCellClip, optionTimeMajor = 3, optionDiagonal = 5 };
#define options microFields(microByte, microInt, microSkip, microByte, microSkip, microByte, 0, 0)
enum { activationTanh = 4 };

/* Inputs of the operator. Of a gate, each: weights of the input, of the hidden state, bias. */
enum { inputWeights = 1, hiddenWeights = 5, gateBias = 12, hiddenState = 18, cellState = 19, inputCount = 24 };
enum { gateInput, gateForget, gateCell, gateOutput, gates };

typedef struct {
	const int8_t *inputs[gates], *recurrent[gates];
	const uint8_t *bias[gates];
	MicroScale ofInput[gates], ofHidden[gates];
	MicroScale forgotten, added, shown;
	int32_t cellPower, cellClip; /* the clip: 0 for none */
	int32_t batches, steps, width, units;
	int32_t inputZero, hiddenZero, bytes; /* of a number: 1 of int8, 2 of int16 */
	uint8_t *hidden;
	int16_t *cell;
} Lstm;

/* One gate's matrix, `width` wide, for values of a scale. The sums are in units of 2^-12 after it. */
static InferenceStatus matrix(
	MicroNode *node, int32_t which, const Lstm *lstm, int32_t width, float scale, const int8_t **data, MicroScale *to) {
	const MicroFloat one = microUnpack(1.0f);
	MicroTensor weights;

	microCheck(microNodeInput(node, (uint32_t)which, &weights));
	microCheck(microCheckConstant(node, &weights, inferenceInt8));
	microCheck(microCheckInt8(node, &weights));
	microCheck(microExpectOf(node, &weights, quantityZeroPoint, weights.zeroPoint, 0, 0));
	microCheck(microCheckRank(node, &weights, 2, 2));
	microCheck(microExpect(node, &weights, "rows:", weights.dims[0], lstm->units, lstm->units));
	microCheck(microExpect(node, &weights, "columns:", weights.dims[1], width, width));
	*data = (const int8_t *)weights.data;
	if (!microScaleOfParts(
			microProduct(microUnpack(scale), microUnpack(weights.scale)), one, microUnpack(1.0f / 4096), to) ||
		((lstm->bytes > 1) && (to->shift > mostWideShift)))
		return microRefuse(node, &weights, "has too large a scale");
	return inferenceOk;
}

/* A state: variable, of a type, and with one scale. */
static InferenceStatus state(
	MicroNode *node, uint32_t which, InferenceType type, const Lstm *lstm, MicroTensor *tensor) {
	microCheck(microNodeInput(node, which, tensor));
	if (!tensor->present || !tensor->variable || tensor->constant || (tensor->type != type) ||
		(tensor->scaleCount != 1))
		return microRefuse(node, tensor->present ? tensor : NULL, "needs a variable state of %s with one scale",
			type == inferenceInt8 ? "int8" : "int16");
	return microCheckElements(node, tensor, (uint32_t)lstm->batches * (uint32_t)lstm->units);
}

/* The cell's limit in its own steps, cut to an integer; 0 for none. */
static int32_t clipOf(uint32_t bits, int32_t power) {
	const MicroFloat clip = microUnpackBits(bits);
	const int32_t shift = 150 - clip.exponent + power;

	if ((bits >> 31) || !clip.mantissa)
		return 0;
	/* One below a step allows nothing but 0, which TensorFlow Lite Micro keeps, too. */
	return shift > 31 ? 0 : shift < 9 ? INT16_MAX : microClamp((int32_t)(clip.mantissa >> shift), 0, INT16_MAX);
}

static InferenceStatus setup(MicroNode *node, Lstm *lstm) {
	const MicroTensor *input = &node->input[0], *output = &node->output;
	const float gate = 1.0f / 32768;
	MicroTensor tensor, cell;
	MicroFloat step;
	int32_t i;

	microCheck(microCheckNumbers(node, input));
	microCheck(microCheckNumbers(node, output));
	microCheck(microCheckRank(node, input, 3, 3));
	microCheck(microCheckRank(node, output, 3, 3));
	microCheck(microExpect(node, NULL, "activation", node->option[optionActivation], activationTanh, activationTanh));
	microCheck(microExpect(node, NULL, "diagonal recurrent tensors:", node->option[optionDiagonal], 0, 0));
	for (i = 0; i < 2; i++)
		microCheck(microExpectOf(node, output, quantityDimension, output->dims[i], input->dims[i], input->dims[i]));
	lstm->batches = input->dims[node->option[optionTimeMajor] ? 1 : 0];
	lstm->steps = input->dims[0] * input->dims[1];
	lstm->width = input->dims[2];
	lstm->units = output->dims[2];
	lstm->inputZero = input->zeroPoint;
	lstm->bytes = microIsInt16(input) ? 2 : 1;
	/* Which may lie at any address. */
	if ((lstm->bytes > 1) && input->constant)
		return microRefuse(node, input, "must not be a constant");

	microCheck(state(node, cellState, inferenceInt16, lstm, &cell));
	step = microUnpack(cell.scale);
	lstm->cellPower = step.exponent - 127;
	if ((step.mantissa != 0x800000) || (lstm->cellPower > 0) || (lstm->cellPower < -24))
		return microRefuse(node, &cell, "must have a power of two as its scale, from 2^-24 to 1");
	lstm->cell = (int16_t *)(uintptr_t)cell.data;
	if (((uint32_t)node->option[optionCellClip] & 0x7F800000) == 0x7F800000)
		return microRefuse(node, NULL, "cell clip that is not a number");
	lstm->cellClip = clipOf((uint32_t)node->option[optionCellClip], lstm->cellPower);
	microCheck(state(node, hiddenState, (InferenceType)input->type, lstm, &tensor));
	microCheck(microCheckNumbers(node, &tensor));
	lstm->hidden = (uint8_t *)(uintptr_t)tensor.data;
	lstm->hiddenZero = tensor.zeroPoint;
	if (!microScaleOf(gate, cell.scale, cell.scale, &lstm->forgotten) ||
		!microScaleOf(gate, gate, cell.scale, &lstm->added) || !microScaleOf(gate, gate, tensor.scale, &lstm->shown))
		return microRefuse(node, &tensor, "has too small a scale");

	for (i = 0; i < gates; i++) {
		MicroTensor bias;
		microCheck(
			matrix(node, inputWeights + i, lstm, lstm->width, input->scale, &lstm->inputs[i], &lstm->ofInput[i]));
		microCheck(
			matrix(node, hiddenWeights + i, lstm, lstm->units, tensor.scale, &lstm->recurrent[i], &lstm->ofHidden[i]));
		microCheck(microNodeInput(node, gateBias + (uint32_t)i, &bias));
		if (lstm->bytes == 1)
			microCheck(microCheckConstant(node, &bias, inferenceInt32));
		else if (!bias.constant || (bias.type != microBiasOfInt64))
			return microRefuse(node, &bias, "must be a constant of int64%s", "");
		microCheck(microCheckElements(node, &bias, (uint32_t)lstm->units));
		lstm->bias[i] = bias.data;
	}
	return inferenceOk;
}

static InferenceStatus check(MicroNode *node, MicroNeed *need) {
	Lstm lstm;
	uint32_t i;

	microCheck(setup(node, &lstm));
	for (i = 0; i < inputCount; i++) {
		MicroTensor none;
		const bool isNamed = (i < 9) || ((i >= gateBias) && (i < 16)) || (i == hiddenState) || (i == cellState);
		microCheck(microNodeInput(node, i, &none));
		if (none.present && !isNamed)
			return microRefuse(node, &none,
				"is a peephole, projection or normalization, which TensorFlow Lite Micro "
				"does not have");
		if (none.present && none.variable && (i < hiddenState))
			return microRefuse(node, &none, "must not be variable");
	}
	/* The hidden state to be, while its parts are computed of the one that is. */
	need->scratch = (uint32_t)(lstm.units * lstm.bytes);
	/* A row is read before it is written, those before it are not read again. */
	need->overlap[0].forward = (lstm.units > lstm.width ? lstm.steps - 1 : 1) * (lstm.units - lstm.width) * lstm.bytes;
	return inferenceOk;
}

static int32_t toInt16(int32_t x) {
	return microClamp(x, INT16_MIN, INT16_MAX);
}

/* What each gate's sigmoid or tanh gets, of unit j. */
static void narrowGates(const Lstm *lstm, const uint8_t *input, const uint8_t *hidden, int32_t j, int32_t *gate) {
	uint32_t ofInput[gates], ofHidden[gates];
	int32_t i;
	for (i = 0; i < gates; i++) {
		ofInput[i] = microWord(lstm->bias[i] + 4 * j);
		ofHidden[i] = 0;
	}
	microFour((const int8_t *)input, lstm->width, lstm->inputZero, lstm->inputs, j * lstm->width, ofInput);
	microFour((const int8_t *)hidden, lstm->units, lstm->hiddenZero, lstm->recurrent, j * lstm->units, ofHidden);
	for (i = 0; i < gates; i++)
		gate[i] = toInt16(toInt16(microRescale((int32_t)ofInput[i], lstm->ofInput[i])) +
			toInt16(microRescale((int32_t)ofHidden[i], lstm->ofHidden[i])));
}

/* The same in int16. */
static void wideGates(const Lstm *lstm, const uint8_t *input, const uint8_t *hidden, int32_t j, int32_t *gate) {
	MicroSums ofInput, ofHidden;
	int32_t i;
	for (i = 0; i < gates; i++) {
		microStartSum(&ofInput, i, true, lstm->bias[i], (uint32_t)j);
		microStartSum(&ofHidden, i, true, NULL, 0);
	}
	microAddFour(&ofInput, true, input, lstm->width, 0, lstm->inputs, j * lstm->width);
	microAddFour(&ofHidden, true, hidden, lstm->units, 0, lstm->recurrent, j * lstm->units);
	for (i = 0; i < gates; i++)
		gate[i] = toInt16(toInt16(microScaledSum(&ofInput, i, true, lstm->ofInput[i])) +
			toInt16(microScaledSum(&ofHidden, i, true, lstm->ofHidden[i])));
}

static void advance(const Lstm *lstm, const uint8_t *input, const uint8_t *hidden, int16_t *cell, uint8_t *next) {
	const bool isWide = microInt16 && (lstm->bytes > 1);
	const int32_t limit = isWide ? INT16_MAX : INT8_MAX;
	int32_t j;
	for (j = 0; j < lstm->units; j++) {
		int32_t gate[gates], forgotten, added, value;

		if (isWide)
			wideGates(lstm, input, hidden, j, gate);
		else
			narrowGates(lstm, input, hidden, j, gate);
		forgotten = microRescale(microLogistic16(gate[gateForget]) * cell[j], lstm->forgotten);
		added = microRescale(microLogistic16(gate[gateInput]) * microTanh16(gate[gateCell], -12), lstm->added);
		value = toInt16(toInt16(forgotten) + toInt16(added));
		if (lstm->cellClip)
			value = microClamp(value, -lstm->cellClip, lstm->cellClip);
		cell[j] = (int16_t)value;
		value = microRescale(microTanh16(value, lstm->cellPower) * microLogistic16(gate[gateOutput]), lstm->shown) +
			lstm->hiddenZero;
		microPutNumber(next + j * lstm->bytes, isWide, microClamp(value, -limit - 1, limit));
	}
}

static void run(MicroNode *node) {
	const bool isTimeMajor = node->option[optionTimeMajor] != 0;
	const uint8_t *input = node->input[0].data;
	uint8_t *output = (uint8_t *)(uintptr_t)node->output.data, *next = node->scratch;
	Lstm lstm;
	int32_t step, bytes;

	setup(node, &lstm);
	bytes = lstm.units * lstm.bytes;
	if (!next) {
		memset(lstm.hidden, lstm.hiddenZero, (size_t)(lstm.batches * bytes));
		memset(lstm.cell, 0, 2 * (size_t)(lstm.batches * lstm.units));
		return;
	}
	for (step = 0; step < lstm.steps; step++, input += lstm.width * lstm.bytes, output += bytes) {
		const int32_t batch = isTimeMajor ? step % lstm.batches : step / (lstm.steps / lstm.batches);
		uint8_t *hidden = lstm.hidden + batch * bytes;
		advance(&lstm, input, hidden, lstm.cell + batch * lstm.units, next);
		memcpy(hidden, next, (size_t)bytes);
		memcpy(output, next, (size_t)bytes);
	}
}

const MicroKernel microKernelUNIDIRECTIONAL_SEQUENCE_LSTM = { microIdentity(UNIDIRECTIONAL_SEQUENCE_LSTM), 5,
	inputCount, inputCount, options, check, run };
