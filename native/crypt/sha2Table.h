/* FIPS 180-4, sections 4.2 and 5.3: SHA-256 takes the upper halves of SHA-512's constants. */
#ifndef LOAM_CRYPT_SHA2TABLE_H
#define LOAM_CRYPT_SHA2TABLE_H

#include <stdint.h>

#define SHA512_ROUNDS 80

/* Fractions of the square roots of the first 8 primes. */
extern const uint64_t sha2Initial[8];
/* Fractions of the cube roots of the first 80 primes. */
extern const uint64_t sha2Round[SHA512_ROUNDS];

#endif
