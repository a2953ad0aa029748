/*
 * Verification of Ed25519 signatures (RFC 8032, section 5.1.7) of messages that come in parts. Stricter than the RFC where it leaves a choice: the
 * equation without the cofactor, only canonical encodings, no keys of small order. About 1.5 KB of stack, no secrets, hence not constant time.
 */
#ifndef LOAM_CRYPT_ED25519_H
#define LOAM_CRYPT_ED25519_H

#include "sha2.h"

#include <stdbool.h>

#define ED25519_KEY_BYTES 32
#define ED25519_SIGNATURE_BYTES 64

typedef struct {
	Sha512 hash;
	uint8_t key[ED25519_KEY_BYTES];
	uint8_t signature[ED25519_SIGNATURE_BYTES];
} Ed25519;

void ed25519Start(
	Ed25519 *check, const uint8_t key[ED25519_KEY_BYTES], const uint8_t signature[ED25519_SIGNATURE_BYTES]);
void ed25519Add(Ed25519 *check, const uint8_t *message, size_t bytes);
/* @returns whether the key's owner signed the parts that were added */
bool ed25519End(Ed25519 *check);

#endif
