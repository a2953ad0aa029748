/*
 * TensorFlow Lite Micro's arena, with a record of its peak use. Its own arena_used_bytes() excludes
 * the temporary memory of AllocateTensors, so an arena of that size can be too small (tflite-micro issue 2738).
 */
#ifndef LOAM_MEASURED_ALLOCATOR_H
#define LOAM_MEASURED_ALLOCATOR_H

#include <algorithm>
#include <csetjmp>
#include <cstddef>
#include <cstdint>

#include "tensorflow/lite/micro/arena_allocator/single_arena_buffer_allocator.h"
#include "tensorflow/lite/micro/memory_helpers.h"
#include "tensorflow/lite/micro/memory_planner/greedy_memory_planner.h"

namespace loam {

/* Counts the buffers, because the planner itself takes all remaining memory and does not report what it needs. */
class MeasuredPlanner : public tflite::GreedyMemoryPlanner {
public:
	/* Buffers with an offset from the file come this way too. */
	TfLiteStatus AddBuffer(int size, int first, int last) override {
		++count_;
		return GreedyMemoryPlanner::AddBuffer(size, first, last);
	}
	using tflite::GreedyMemoryPlanner::AddBuffer;

	size_t needed() const {
		return static_cast<size_t>(count_) * per_buffer_size();
	}

private:
	int count_ = 0;

	TF_LITE_REMOVE_VIRTUAL_DELETE
};

class MeasuredAllocator : public tflite::SingleArenaBufferAllocator {
public:
	MeasuredAllocator(uint8_t *memory, size_t bytes) : SingleArenaBufferAllocator(memory, bytes), size_(bytes) {
	}

	/*
   * longjmp target when memory runs out; nullptr to return as TFLM does. Some kernels do not check whether they got their temporary tensors and
   * crash, so a load must stop. TFLM allocates nothing outside of the arena that would have to be freed.
   */
	void onFailure(std::jmp_buf *target) {
		target_ = target;
	}

	TfLiteStatus ResizeBuffer(uint8_t *buffer, size_t bytes, size_t alignment) override {
		TfLiteStatus status = SingleArenaBufferAllocator::ResizeBuffer(buffer, bytes, alignment);

		/* The buffer starts at the arena's head, so a larger one takes nothing but its own size. */
		if (status == kTfLiteOk)
			note(GetUsedBytes());
		else
			fail(GetPersistentUsedBytes() + bytes);
		return status;
	}

	uint8_t *AllocatePersistentBuffer(size_t bytes, size_t alignment) override {
		size_t used = tflite::AlignSizeUp(GetPersistentUsedBytes() + bytes, alignment) + GetNonPersistentUsedBytes();
		uint8_t *result = nullptr;

		/* TFLM itself would let it grow into temporary tensors that the kernel still uses. */
		if (used <= size_)
			result = SingleArenaBufferAllocator::AllocatePersistentBuffer(bytes, alignment);
		if (result)
			note(GetUsedBytes());
		else
			fail(used);
		return result;
	}

	uint8_t *AllocateTemp(size_t bytes, size_t alignment) override {
		/* Only the planner requests exactly all remaining memory, between two aligned addresses. It does not count as used. */
		bool planning = bytes == GetAvailableMemory(alignment);
		size_t used = tflite::AlignSizeUp(GetNonPersistentUsedBytes(), alignment) +
			tflite::AlignSizeUp(GetPersistentUsedBytes(), alignment);
		uint8_t *result = SingleArenaBufferAllocator::AllocateTemp(bytes, alignment);

		if (planning && result) {
			beforePlan_ = used;
			planMemory_ = bytes;
		} else if (result) {
			note(GetUsedBytes());
		} else {
			fail(used + bytes);
		}
		return result;
	}

	/* Peak use in bytes, including a failed allocation. */
	size_t needed(const MeasuredPlanner &planner) const {
		return tflite::AlignSizeUp(std::max(peak_, beforePlan_ + planner.needed()), kAlignment);
	}

	bool failed(const MeasuredPlanner &planner) const {
		return failed_ || planner.needed() > planMemory_;
	}

private:
	static constexpr size_t kAlignment = 16;

	void note(size_t used) {
		peak_ = std::max(peak_, used);
	}

	void fail(size_t used) {
		note(used);
		failed_ = true;
		if (target_)
			std::longjmp(*target_, 1);
	}

	size_t size_;
	size_t peak_ = 0;
	size_t beforePlan_ = 0;
	size_t planMemory_ = 0;
	bool failed_ = false;
	std::jmp_buf *target_ = nullptr;

	TF_LITE_REMOVE_VIRTUAL_DELETE
};

} // namespace loam

#endif
