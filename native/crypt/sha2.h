/* SHA-256 and SHA-512 (FIPS 180-4) of data that comes in parts. Constant memory; any state is safe to go on from, so that a binding may keep it as bytes. */
#ifndef LOAM_CRYPT_SHA2_H
#define LOAM_CRYPT_SHA2_H

#include <stddef.h>
#include <stdint.h>

#define SHA256_BYTES 32
#define SHA512_BYTES 64
#define SHA256_BLOCK 64
#define SHA512_BLOCK 128

typedef struct {
	uint32_t state[8];
	uint64_t bytes;
	uint8_t block[SHA256_BLOCK];
} Sha256;

typedef struct {
	uint64_t state[8];
	uint64_t bytes;
	uint8_t block[SHA512_BLOCK];
} Sha512;

void sha256Start(Sha256 *hash);
void sha256Add(Sha256 *hash, const uint8_t *data, size_t bytes);
void sha256End(Sha256 *hash, uint8_t digest[SHA256_BYTES]);

void sha512Start(Sha512 *hash);
void sha512Add(Sha512 *hash, const uint8_t *data, size_t bytes);
void sha512End(Sha512 *hash, uint8_t digest[SHA512_BYTES]);

#endif
