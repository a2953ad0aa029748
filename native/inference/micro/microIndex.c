#include "microSmall.h"
#include "microCopy.h"
#include "microIndex.h"

void microDenseSteps(const MicroTensor *tensor, int32_t *steps) {
	int32_t d, step = 1;
	for (d = (int32_t)tensor->rank - 1; d >= 0; d--) {
		steps[d] = step;
		step *= tensor->dims[d];
	}
}

void microWalk(const MicroWalk *walk, const uint8_t *input, uint8_t *output, uint32_t elementBytes) {
	int32_t index[inferenceMaxRank] = { 0 }, d, i, bytes = (int32_t)elementBytes, last = (int32_t)walk->rank - 1;
	int32_t inner = walk->rank ? walk->size[last] : 1, from = 0, to = 0;
	int32_t step = walk->rank ? walk->step[last] * bytes : 0, outStep = walk->rank ? walk->outStep[last] * bytes : 0;

	do {
		const uint8_t *source = input + from * bytes;
		uint8_t *sink = output + to * bytes;
		if ((step == bytes) && (outStep == bytes))
			microCopy(sink, source, (uint32_t)(inner * bytes));
		else if (bytes == 1)
			for (i = 0; i < inner; i++, source += step, sink += outStep)
				*sink = *source;
		else
			for (i = 0; i < inner; i++, source += step, sink += outStep)
				memcpy(sink, source, elementBytes);
		for (d = last - 1; d >= 0; d--) {
			from += walk->step[d];
			to += walk->outStep[d];
			if (++index[d] < walk->size[d])
				break;
			from -= walk->step[d] * index[d];
			to -= walk->outStep[d] * index[d];
			index[d] = 0;
		}
	} while (d >= 0);
}
