#pragma once

#include "tensorflow/lite/micro/arena_allocator/single_arena_buffer_allocator.h"
#include "tensorflow/lite/micro/memory_planner/micro_memory_planner.h"

namespace tflite {

class MicroAllocator {
public:
	static MicroAllocator *Create(SingleArenaBufferAllocator *allocator, MicroMemoryPlanner *planner);
	static size_t GetDefaultTailUsage(bool isPlannerGiven);
};

} // namespace tflite
