/*
 * Integers modulo p = 2^255 - 19 in eight words, the least significant first. Between operations a value may be anything below 2^256; `fieldFreeze`
 * makes it the one below p. Not constant time: only for data that is no secret.
 */
#ifndef LOAM_CRYPT_FIELD25519_H
#define LOAM_CRYPT_FIELD25519_H

#include <stdbool.h>
#include <stdint.h>

#define FIELD_WORDS 8
typedef uint32_t Field[FIELD_WORDS];

/* Results may be one of the operands. */
void fieldAdd(Field sum, const Field a, const Field b);
void fieldSubtract(Field difference, const Field a, const Field b);
void fieldMultiply(Field product, const Field a, const Field b);
void fieldSquare(Field square, const Field a);
void fieldFreeze(Field value);
bool fieldEqual(const Field a, const Field b);

/* `base` to a power of `bits` bits that are all set but for those of the lowest byte, `low`. The result is another value than `base`. */
void fieldPower(Field power, const Field base, unsigned bits, uint8_t low);

#endif
