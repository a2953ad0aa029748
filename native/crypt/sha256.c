#include "sha2.h"
#include "sha2Table.h"

#include <string.h>

enum { rounds = 64, lengthAt = SHA256_BLOCK - 8 };

static uint32_t rotated(uint32_t value, unsigned bits) {
	return value >> bits | value << (32 - bits);
}

/* FIPS 180-4, section 6.2.2. */
static void addBlock(Sha256 *hash, const uint8_t *block) {
	uint32_t words[16], s[8];
	unsigned round, i;
	memcpy(s, hash->state, sizeof s);
	for (round = 0; round < rounds; round++) {
		const unsigned at = round & 15;
		uint32_t first, second;
		if (round < 16) {
			words[at] = (uint32_t)block[4 * at] << 24 | (uint32_t)block[4 * at + 1] << 16 |
				(uint32_t)block[4 * at + 2] << 8 | block[4 * at + 3];
		} else {
			const uint32_t early = words[(at + 1) & 15], late = words[(at + 14) & 15];
			words[at] += (rotated(early, 7) ^ rotated(early, 18) ^ early >> 3) + words[(at + 9) & 15] +
				(rotated(late, 17) ^ rotated(late, 19) ^ late >> 10);
		}
		first = s[7] + (rotated(s[4], 6) ^ rotated(s[4], 11) ^ rotated(s[4], 25)) + ((s[4] & s[5]) ^ (~s[4] & s[6])) +
			(uint32_t)(sha2Round[round] >> 32) + words[at];
		second = (rotated(s[0], 2) ^ rotated(s[0], 13) ^ rotated(s[0], 22)) +
			((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
		memmove(s + 1, s, 7 * sizeof *s);
		s[4] += first;
		s[0] = first + second;
	}
	for (i = 0; i < 8; i++)
		hash->state[i] += s[i];
}

void sha256Start(Sha256 *hash) {
	unsigned i;
	memset(hash, 0, sizeof *hash);
	for (i = 0; i < 8; i++)
		hash->state[i] = (uint32_t)(sha2Initial[i] >> 32);
}

void sha256Add(Sha256 *hash, const uint8_t *data, size_t bytes) {
	while (bytes > 0) {
		const size_t used = (size_t)(hash->bytes % SHA256_BLOCK), room = SHA256_BLOCK - used;
		const size_t count = bytes < room ? bytes : room;
		memcpy(hash->block + used, data, count);
		hash->bytes += count;
		data += count;
		bytes -= count;
		if (count == room)
			addBlock(hash, hash->block);
	}
}

void sha256End(Sha256 *hash, uint8_t digest[SHA256_BYTES]) {
	static const uint8_t one = 0x80, zero = 0;
	const uint64_t bits = hash->bytes << 3;
	uint8_t length[SHA256_BLOCK - lengthAt];
	unsigned i;
	sha256Add(hash, &one, 1);
	while (hash->bytes % SHA256_BLOCK != lengthAt)
		sha256Add(hash, &zero, 1);
	for (i = 0; i < sizeof length; i++)
		length[i] = (uint8_t)(bits >> (56 - 8 * i));
	sha256Add(hash, length, sizeof length);
	for (i = 0; i < SHA256_BYTES; i++)
		digest[i] = (uint8_t)(hash->state[i / 4] >> (24 - 8 * (i % 4)));
}
