/* Inputs outside of the arena. */
#include "microSmall.h"
#include "microPlan.h"

InferenceStatus inferenceLoadExternal(Inference **out, const uint8_t *model, size_t modelBytes, uint8_t *arena,
	size_t arenaBytes, uint32_t externalInputs, InferenceError *error) {
	Inference *inference;
	uint32_t i;

	if (!microExternals && externalInputs) {
		InferenceError unread;
		if (!error)
			error = &unread;
		error->needed = error->given = 0;
		clearErrorContext(error);
		return microFail(error, inferenceUnsupported, "external inputs are not in this build; add them: %s",
			"npx loam inspect MODEL --operators FILE --external-input 0");
	}
	externalInputs &= (1u << inferenceMaxExternal) - 1;
	microCheck(microLoad(out, model, modelBytes, arena, arenaBytes, error, externalInputs));
	inference = *out;
	/* Without one there is no table. */
	for (i = 1; externalInputs && (i <= inferenceMaxExternal); i++)
		*microExternalBase(inference, i) = 0 - (uintptr_t)(microExternal | i);
	/* Of inputs that there are. */
	if (inference->inputCount < inferenceMaxExternal)
		inference->unbound &= (uint16_t)((1u << inference->inputCount) - 1);
	return inferenceOk;
}

InferenceStatus inferenceBindInput(
	Inference *inference, uint32_t i, const void *data, size_t bytes, InferenceError *error) {
	MicroTensor tensor;
	InferenceError unread;
	uint32_t offset;

	if (!error)
		error = &unread;
	error->needed = error->given = 0;
	clearErrorContext(error);
	if (i >= inference->inputCount)
		return microFail(error, inferenceBadArgument, "has no input %u, there are %u", i, inference->inputCount);
	microDecodeTensor(inference, (int32_t)microWord(inference->bytes + inference->inputs + 4 * i), &tensor, NULL);
	offset = microTensorOffsets(inference)[tensor.index];
	if (offset < microExternal)
		return microFail(
			error, inferenceBadArgument, "input %u is in the arena; inferenceLoadExternal leaves it out", i);
	if (data) {
		if (bytes != tensor.bytes) {
			error->needed = tensor.bytes;
			error->given = bytes > UINT32_MAX ? UINT32_MAX : (uint32_t)bytes;
			return microFail(
				error, inferenceBadArgument, "input %u takes %u bytes, %u given", i, error->needed, error->given);
		}
		if ((uintptr_t)data % microAlignment)
			return microFail(error, inferenceBadArgument,
				"input %u must lie at a multiple of %u bytes, it is %u past one", i, (uint32_t)microAlignment,
				(uint32_t)((uintptr_t)data % microAlignment));
		if (((uintptr_t)data < (uintptr_t)inference + inference->used) &&
			((uintptr_t)data + bytes > (uintptr_t)inference))
			return microFail(error, inferenceBadArgument, "input %u must lie outside of the arena", i);
		inference->unbound &= (uint16_t) ~(1u << i);
	} else
		inference->unbound |= (uint16_t)(1u << i);
	*microExternalBase(inference, offset) = (uintptr_t)data - offset;
	error->status = inferenceOk;
	return inferenceOk;
}
