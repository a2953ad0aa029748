#ifndef STAND_IN_ESP_HEAP_CAPS_H
#define STAND_IN_ESP_HEAP_CAPS_H

#include <stddef.h>
#include <stdint.h>

#define MALLOC_CAP_8BIT (1 << 2)
#define MALLOC_CAP_DMA (1 << 3)

void *heap_caps_malloc(size_t, uint32_t);
void heap_caps_free(void *);
size_t heap_caps_get_free_size(uint32_t);

#endif
