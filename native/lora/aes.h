/* AES-128 encryption (FIPS 197) and AES-CMAC (RFC 4493). Constant time, except for cache effects of a 256-byte table. */
#ifndef LOAM_LORA_AES_H
#define LOAM_LORA_AES_H

#include <stddef.h>
#include <stdint.h>

#define AES_BLOCK 16

typedef struct {
	uint8_t round[11][AES_BLOCK];
} AesKey;

void aesExpand(AesKey *expanded, const uint8_t key[AES_BLOCK]);
void aesEncrypt(const AesKey *expanded, uint8_t block[AES_BLOCK]);
void aesCmac(const AesKey *expanded, const uint8_t *data, size_t bytes, uint8_t mac[AES_BLOCK]);
/* Clears an expanded key, so that it does not stay on the stack. */
void aesForget(AesKey *expanded);

#endif
