#include "ed25519.h"

#include <string.h>

#include "point25519.h"

/* Order of the base point, 2^252 + 27742317777372353535851937790883648493. */
static const Field order = { 0x5cf5d3ed, 0x5812631a, 0xa2f79cd6, 0x14def9de, 0x00000000, 0x00000000, 0x00000000,
	0x10000000 };

enum { scalarBits = 253 };

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

/* a A + b B, both at once: one doubling per bit, and an addition of A, B or A + B where a bit is set. */
static void multiplyBoth(Point *result, const Field a, const Point *pointA, const Field b, const Point *pointB) {
	Point both;
	unsigned bit;
	pointAdd(&both, pointA, pointB);
	pointSetNeutral(result);
	for (bit = scalarBits; bit-- > 0;) {
		const bool hasA = a[bit / 32] >> bit % 32 & 1, hasB = b[bit / 32] >> bit % 32 & 1;
		pointDouble(result, result);
		if (hasA || hasB)
			pointAdd(result, result, hasA && hasB ? &both : hasA ? pointA : pointB);
	}
}

void ed25519Start(
	Ed25519 *check, const uint8_t key[ED25519_KEY_BYTES], const uint8_t signature[ED25519_SIGNATURE_BYTES]) {
	memcpy(check->key, key, sizeof check->key);
	memcpy(check->signature, signature, sizeof check->signature);
	sha512Start(&check->hash);
	sha512Add(&check->hash, signature, POINT_BYTES);
	sha512Add(&check->hash, key, ED25519_KEY_BYTES);
}

void ed25519Add(Ed25519 *check, const uint8_t *message, size_t bytes) {
	sha512Add(&check->hash, message, bytes);
}

bool ed25519End(Ed25519 *check) {
	Point key, expected;
	Field s, k;
	uint8_t digest[SHA512_BYTES], encoded[POINT_BYTES];
	sha512End(&check->hash, digest);
	readScalar(s, check->signature + POINT_BYTES);
	if (!isBelowOrder(s) || !pointDecode(&key, check->key) || pointIsSmall(&key))
		return false;
	reduce(k, digest);
	pointNegate(&key);
	/* R = S B - k A. Comparing bytes refuses an R that is not canonical. */
	multiplyBoth(&expected, k, &key, s, &pointBase);
	pointEncode(encoded, &expected);
	return !memcmp(encoded, check->signature, sizeof encoded);
}
