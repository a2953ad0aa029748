#include "sha2.h"
#include "sha2Table.h"

#include <string.h>

/* Of the length, 16 bytes at the end of the last block. */
enum { lengthAt = SHA512_BLOCK - 16 };

static uint64_t rotated(uint64_t value, unsigned bits) {
	return value >> bits | value << (64 - bits);
}

/* FIPS 180-4, section 6.4.2; the message schedule is computed 16 words at a time, in place. */
static void addBlock(Sha512 *hash, const uint8_t *block) {
	uint64_t words[16], s[8];
	unsigned round, i;
	memcpy(s, hash->state, sizeof s);
	for (round = 0; round < SHA512_ROUNDS; round++) {
		const unsigned at = round & 15;
		uint64_t first, second;
		if (round < 16) {
			words[at] = 0;
			for (i = 0; i < 8; i++)
				words[at] = words[at] << 8 | block[8 * at + i];
		} else {
			const uint64_t early = words[(at + 1) & 15], late = words[(at + 14) & 15];
			words[at] += (rotated(early, 1) ^ rotated(early, 8) ^ early >> 7) + words[(at + 9) & 15] +
				(rotated(late, 19) ^ rotated(late, 61) ^ late >> 6);
		}
		first = s[7] + (rotated(s[4], 14) ^ rotated(s[4], 18) ^ rotated(s[4], 41)) + ((s[4] & s[5]) ^ (~s[4] & s[6])) +
			sha2Round[round] + words[at];
		second = (rotated(s[0], 28) ^ rotated(s[0], 34) ^ rotated(s[0], 39)) +
			((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
		memmove(s + 1, s, 7 * sizeof *s);
		s[4] += first;
		s[0] = first + second;
	}
	for (i = 0; i < 8; i++)
		hash->state[i] += s[i];
}

void sha512Start(Sha512 *hash) {
	memset(hash, 0, sizeof *hash);
	memcpy(hash->state, sha2Initial, sizeof hash->state);
}

void sha512Add(Sha512 *hash, const uint8_t *data, size_t bytes) {
	while (bytes > 0) {
		const size_t used = (size_t)(hash->bytes % SHA512_BLOCK), room = SHA512_BLOCK - used;
		const size_t count = bytes < room ? bytes : room;
		memcpy(hash->block + used, data, count);
		hash->bytes += count;
		data += count;
		bytes -= count;
		if (count == room)
			addBlock(hash, hash->block);
	}
}

void sha512End(Sha512 *hash, uint8_t digest[SHA512_BYTES]) {
	static const uint8_t one = 0x80, zero = 0;
	const uint64_t bytes = hash->bytes;
	uint8_t length[SHA512_BLOCK - lengthAt] = { 0 };
	unsigned i;
	sha512Add(hash, &one, 1);
	while (hash->bytes % SHA512_BLOCK != lengthAt)
		sha512Add(hash, &zero, 1);
	length[7] = (uint8_t)(bytes >> 61);
	for (i = 0; i < 8; i++)
		length[8 + i] = (uint8_t)(bytes << 3 >> (56 - 8 * i));
	sha512Add(hash, length, sizeof length);
	for (i = 0; i < SHA512_BYTES; i++)
		digest[i] = (uint8_t)(hash->state[i / 8] >> (56 - 8 * (i % 8)));
}
