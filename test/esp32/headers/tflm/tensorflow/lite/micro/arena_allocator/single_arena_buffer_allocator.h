#pragma once

#include "tensorflow/lite/c/common.h"
#include "tensorflow/lite/micro/compatibility.h"

namespace tflite {

class IPersistentBufferAllocator {
public:
	virtual ~IPersistentBufferAllocator() {
	}
	virtual uint8_t *AllocatePersistentBuffer(size_t size, size_t alignment) = 0;
	virtual size_t GetPersistentUsedBytes() const = 0;
};

class INonPersistentBufferAllocator {
public:
	virtual ~INonPersistentBufferAllocator() {
	}
	virtual uint8_t *AllocateTemp(size_t size, size_t alignment) = 0;
	virtual void DeallocateTemp(uint8_t *buffer) = 0;
	virtual bool IsAllTempDeallocated() = 0;
	virtual TfLiteStatus ResetTempAllocations() = 0;
	virtual uint8_t *AllocateResizableBuffer(size_t size, size_t alignment) = 0;
	virtual TfLiteStatus ResizeBuffer(uint8_t *buffer, size_t size, size_t alignment) = 0;
	virtual TfLiteStatus DeallocateResizableBuffer(uint8_t *buffer) = 0;
	virtual uint8_t *GetOverlayMemoryAddress() const = 0;
	virtual TfLiteStatus ReserveNonPersistentOverlayMemory(size_t size, size_t alignment) = 0;
	virtual size_t GetNonPersistentUsedBytes() const = 0;
	virtual size_t GetAvailableMemory(size_t alignment) const = 0;
};

class SingleArenaBufferAllocator : public INonPersistentBufferAllocator, public IPersistentBufferAllocator {
public:
	SingleArenaBufferAllocator(uint8_t *buffer, size_t size);
	~SingleArenaBufferAllocator() override;
	TfLiteStatus ResizeBuffer(uint8_t *buffer, size_t size, size_t alignment) override;
	uint8_t *AllocateResizableBuffer(size_t size, size_t alignment) override;
	TfLiteStatus DeallocateResizableBuffer(uint8_t *buffer) override;
	TfLiteStatus ReserveNonPersistentOverlayMemory(size_t size, size_t alignment) override;
	uint8_t *AllocatePersistentBuffer(size_t size, size_t alignment) override;
	uint8_t *AllocateTemp(size_t size, size_t alignment) override;
	void DeallocateTemp(uint8_t *buffer) override;
	bool IsAllTempDeallocated() override;
	TfLiteStatus ResetTempAllocations() override;
	uint8_t *GetOverlayMemoryAddress() const override;
	size_t GetNonPersistentUsedBytes() const override;
	size_t GetPersistentUsedBytes() const override;
	size_t GetAvailableMemory(size_t alignment) const override;
	size_t GetUsedBytes() const;

	TF_LITE_REMOVE_VIRTUAL_DELETE
};

} // namespace tflite
