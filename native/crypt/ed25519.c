#include "ed25519.h"

#include <string.h>

/* Order of the base point, 2^252 + 27742317777372353535851937790883648493. */
static const Field order = { 0x5cf5d3ed, 0x5812631a, 0xa2f79cd6, 0x14def9de, 0x00000000, 0x00000000, 0x00000000,
	0x10000000 };

/* Those of a step, which takes about as long as to decode or encode a point. */
enum { scalarBits = 253, stepBits = 32 };

static bool isBelowOrder(const Field scalar) {
	unsigned i;
	for (i = FIELD_WORDS; i-- > 0;)
		if (scalar[i] != order[i])
			return scalar[i] < order[i];
	return false;
}

static void readScalar(Field scalar, const uint8_t bytes[32]) {
	unsigned i;
	memset(scalar, 0, sizeof(Field));
	for (i = 0; i < 32; i++)
		scalar[i / 4] |= (uint32_t)bytes[i] << 8 * (i % 4);
}

/* 512 bits, the least significant byte first, modulo the order: bit by bit from the top. */
static void reduce(Field scalar, const uint8_t digest[SHA512_BYTES]) {
	unsigned bit, i;
	memset(scalar, 0, sizeof(Field));
	for (bit = 8 * SHA512_BYTES; bit-- > 0;) {
		uint32_t carry = digest[bit / 8] >> bit % 8 & 1;
		for (i = 0; i < FIELD_WORDS; i++) {
			const uint32_t word = scalar[i];
			scalar[i] = word << 1 | carry;
			carry = word >> 31;
		}
		/* Below twice the order, which is below 2^254. */
		if (!isBelowOrder(scalar)) {
			uint32_t borrow = 0;
			for (i = 0; i < FIELD_WORDS; i++) {
				const uint64_t word = (uint64_t)scalar[i] - order[i] - borrow;
				scalar[i] = (uint32_t)word;
				borrow = (uint32_t)(word >> 32) & 1;
			}
		}
	}
}

/* k (-A) + S B, both at once: one doubling per bit, and an addition of -A, B or B - A where a bit is set. */
static void multiplyBits(Ed25519 *check, unsigned count) {
	while (count-- > 0) {
		const unsigned bit = --check->bits;
		const bool hasKey = check->k[bit / 32] >> bit % 32 & 1, hasBase = check->s[bit / 32] >> bit % 32 & 1;
		pointDouble(&check->sum, &check->sum);
		if (hasKey || hasBase)
			pointAdd(&check->sum, &check->sum, hasKey && hasBase ? &check->both : hasKey ? &check->key : &pointBase);
	}
}

void ed25519Start(
	Ed25519 *check, const uint8_t key[ED25519_KEY_BYTES], const uint8_t signature[ED25519_SIGNATURE_BYTES]) {
	memset(check, 0, sizeof *check);
	memcpy(check->publicKey, key, sizeof check->publicKey);
	memcpy(check->signature, signature, sizeof check->signature);
	sha512Start(&check->hash);
	sha512Add(&check->hash, signature, POINT_BYTES);
	sha512Add(&check->hash, key, ED25519_KEY_BYTES);
}

void ed25519Add(Ed25519 *check, const uint8_t *message, size_t bytes) {
	sha512Add(&check->hash, message, bytes);
}

static Ed25519Answer begin(Ed25519 *check) {
	uint8_t digest[SHA512_BYTES];
	check->isReduced = true;
	check->bits = scalarBits;
	sha512End(&check->hash, digest);
	readScalar(check->s, check->signature + POINT_BYTES);
	if (!isBelowOrder(check->s) || !pointDecode(&check->key, check->publicKey) || pointIsSmall(&check->key))
		return ed25519Invalid;
	reduce(check->k, digest);
	pointNegate(&check->key);
	pointAdd(&check->both, &check->key, &pointBase);
	pointSetNeutral(&check->sum);
	return ed25519More;
}

Ed25519Answer ed25519Step(Ed25519 *check) {
	uint8_t encoded[POINT_BYTES];
	if (!check->isReduced)
		return begin(check);
	if (check->bits > scalarBits)
		return ed25519Invalid;
	if (check->bits > 0) {
		multiplyBits(check, check->bits < stepBits ? check->bits : stepBits);
		return ed25519More;
	}
	/* R = S B - k A. Comparing bytes refuses an R that is not canonical. */
	pointEncode(encoded, &check->sum);
	return memcmp(encoded, check->signature, sizeof encoded) ? ed25519Invalid : ed25519Valid;
}
