/*
 * Verification of Ed25519 signatures (RFC 8032, section 5.1.7) of messages that come in parts. Stricter than the RFC where it leaves a choice: the
 * equation without the cofactor, only canonical encodings, no keys of small order. Step by step, since it takes a chip's processor for long. About 1 KB of
 * stack, no secrets, hence not constant time.
 */
#ifndef LOAM_CRYPT_ED25519_H
#define LOAM_CRYPT_ED25519_H

#include "point25519.h"
#include "sha2.h"

#include <stdbool.h>

#define ED25519_KEY_BYTES 32
#define ED25519_SIGNATURE_BYTES 64

typedef struct {
	Sha512 hash;
	uint8_t publicKey[ED25519_KEY_BYTES];
	uint8_t signature[ED25519_SIGNATURE_BYTES];
	/* Bits of the scalars that are left. */
	uint32_t bits;
	uint32_t isReduced;
	/* -A, the key's negative; B - A; and S B - k A so far. */
	Point key, both, sum;
	Field s, k;
} Ed25519;

typedef enum { ed25519More, ed25519Valid, ed25519Invalid } Ed25519Answer;

void ed25519Start(
	Ed25519 *check, const uint8_t key[ED25519_KEY_BYTES], const uint8_t signature[ED25519_SIGNATURE_BYTES]);
void ed25519Add(Ed25519 *check, const uint8_t *message, size_t bytes);
/* When all parts were added: a step of what is left. Any state is safe to go on from. */
Ed25519Answer ed25519Step(Ed25519 *check);

#endif
