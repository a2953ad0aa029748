#include "microSmall.h"
#include "microBroadcast.h"

/* Size of dimension d, counted from the last, 1 where the tensor has none. */
static int32_t dimension(const MicroTensor *tensor, int32_t d) {
	return d < tensor->rank ? tensor->dims[tensor->rank - 1 - d] : 1;
}

static bool sameShape(const MicroTensor *a, const MicroTensor *b) {
	int32_t d;
	for (d = 0; d < inferenceMaxRank; d++)
		if (dimension(a, d) != dimension(b, d))
			return false;
	return true;
}

bool microSpreads(const MicroTensor *tensor, const MicroTensor *output) {
	int32_t d;
	for (d = 0; d < inferenceMaxRank; d++)
		if ((dimension(tensor, d) != 1) && (dimension(tensor, d) != dimension(output, d)))
			return false;
	return true;
}

uint32_t microBroadcastAt(const MicroTensor *tensor, const MicroTensor *output, uint32_t index) {
	uint32_t at = 0, step = 1;
	int32_t d;
	for (d = 0; d < output->rank; d++) {
		const uint32_t size = (uint32_t)dimension(output, d), own = (uint32_t)dimension(tensor, d);
		at += own == 1 ? 0 : index % size * step;
		step *= own;
		index /= size;
	}
	return at;
}

InferenceStatus microCheckBroadcast(MicroNode *node, MicroNeed *need) {
	const MicroTensor *output = &node->output;
	int32_t i, d;

	microCheck(microCheckNumbers(node, &node->input[0]));
	/* Slopes are int8, whatever they are for. */
	microCheck((node->code == builtinPRELU ? microCheckInt8 : microCheckNumbers)(node, &node->input[1]));
	for (d = 0; d < inferenceMaxRank; d++) {
		int32_t a = dimension(&node->input[0], d), b = dimension(&node->input[1], d);
		if (((a != b) && (a != 1) && (b != 1)) || (dimension(output, d) != (a > b ? a : b)))
			return microRefuse(node, output, "has dimension %d from the last of %d; the inputs have %d and %d", d,
				dimension(output, d), a, b);
	}
	for (i = 0; i < 2; i++)
		if (sameShape(&node->input[i], output) && (node->input[i].bytes >= output->bytes))
			need->overlap[i].forward = 0;
	return inferenceOk;
}

int8_t *microPutScaled(int8_t *to, bool isWide, int32_t x, MicroScale scale, const MicroRange *range) {
	x = microClamp((int32_t)((uint32_t)microRescale(x, scale) + (uint32_t)range->zeroPoint), range->low, range->high);
	microPutNumber(to, isWide, x);
	return to + (isWide ? 2 : 1);
}

void microBroadcast(MicroNode *node, MicroLine line, const void *context) {
	const int8_t *a = (const int8_t *)node->input[0].data, *b = (const int8_t *)node->input[1].data;
	int8_t *to = (int8_t *)(uintptr_t)node->output.data;
	const int32_t bytesA = microIsInt16(&node->input[0]) ? 2 : 1, bytesB = microIsInt16(&node->input[1]) ? 2 : 1,
				  outBytes = microIsInt16(&node->output) ? 2 : 1;
	int32_t index[inferenceMaxRank] = { 0 }, stepA[inferenceMaxRank], stepB[inferenceMaxRank], sizeA = bytesA,
			sizeB = bytesB, d, inner;
	uint32_t left;

	/* Steps of an input along each dimension, the last one first; 0 where it is repeated. */
	for (d = 0; d < inferenceMaxRank; d++) {
		stepA[d] = dimension(&node->input[0], d) == 1 ? 0 : sizeA;
		stepB[d] = dimension(&node->input[1], d) == 1 ? 0 : sizeB;
		sizeA *= dimension(&node->input[0], d);
		sizeB *= dimension(&node->input[1], d);
	}
	inner = dimension(&node->output, 0);
	if (sameShape(&node->input[0], &node->input[1])) {
		inner = (int32_t)node->output.elements;
		stepA[0] = bytesA;
		stepB[0] = bytesB;
	}
	for (left = node->output.elements; left; left -= (uint32_t)inner) {
		line(context, a, stepA[0], b, stepB[0], to, inner);
		to += inner * outBytes;
		for (d = 1; d < inferenceMaxRank; d++) {
			a += stepA[d];
			b += stepB[d];
			if (++index[d] < dimension(&node->output, d))
				break;
			a -= stepA[d] * index[d];
			b -= stepB[d] * index[d];
			index[d] = 0;
		}
	}
}
