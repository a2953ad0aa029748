/*
 * int8 to the 16 bits of the multiplier. The order of the values does not matter to a dot product as long as both sides have the same: four bytes of a word
 * become two words by masks, bytes 0 and 2, then 1 and 3. What is not in whole words stays in its order.
 */
#ifndef LOAM_LX6_WIDEN_H
#define LOAM_LX6_WIDEN_H

#include <stdint.h>

/* Whether bytes may be taken by words; of two sides that are multiplied, both or neither. */
#define lx6InWords(pointer, count) (((((uintptr_t)(pointer)) | (uintptr_t)(count)) & 3) == 0)

/*
 * Values of pixels less their zero point; `zero` is that with 128 added. `count` of them, whole words or one by one. Returns the end of what was
 * written.
 */
uint16_t *lx6WidenWords(uint16_t *to, const int8_t *from, int32_t count, uint32_t zero);
uint16_t *lx6WidenBytes(uint16_t *to, const int8_t *from, int32_t count, uint32_t zero);

/* The same for values `step` bytes apart, to places `toStep` bytes apart. */
void lx6WidenApart(uint16_t *to, int32_t toStep, const int8_t *from, int32_t step, int32_t count, uint32_t zero);

/* Weights, times 256: whole words, or one by one, `step` bytes apart. */
void lx6WeightWords(uint16_t *to, const int8_t *from, int32_t count);
void lx6WeightBytes(uint16_t *to, const int8_t *from, int32_t step, int32_t count);

#endif
