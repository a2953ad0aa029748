/* One question per line of standard input, in hexadecimal, "-" for nothing: sha256 DATA | sha512 DATA | verify KEY SIGNATURE MESSAGE [PARTS]. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ed25519.h"

/* Room for a line, and for what it says. */
static char line[1 << 16], field[4][1 << 15];
static uint8_t data[1 << 14];

static size_t parse(const char *hex, uint8_t *bytes) {
	size_t count = 0;
	unsigned value;
	for (; sscanf(hex, "%2x", &value) == 1; hex += 2)
		bytes[count++] = (uint8_t)value;
	return count;
}

static void print(const uint8_t *bytes, size_t count) {
	size_t i;
	for (i = 0; i < count; i++)
		printf("%02x", bytes[i]);
	printf("\n");
}

static void verify(int parts) {
	uint8_t key[ED25519_KEY_BYTES], signature[ED25519_SIGNATURE_BYTES];
	Ed25519 check;
	Ed25519Answer answer;
	size_t bytes, at = 0;
	if (parse(field[1], key) != sizeof key || parse(field[2], signature) != sizeof signature)
		exit(64);
	bytes = parse(field[3], data);
	ed25519Start(&check, key, signature);
	for (; parts > 1; parts--) {
		const size_t count = (bytes - at) / (size_t)parts;
		ed25519Add(&check, data + at, count);
		at += count;
	}
	ed25519Add(&check, data + at, bytes - at);
	do
		answer = ed25519Step(&check);
	while (answer == ed25519More);
	printf("%d\n", answer == ed25519Valid);
}

int main(void) {
	while (fgets(line, sizeof line, stdin)) {
		int parts = 1;
		uint8_t digest[SHA512_BYTES];
		const int count =
			sscanf(line, "%32767s %32767s %32767s %32767s %d", field[0], field[1], field[2], field[3], &parts);
		if (count < 2)
			return 64;
		if (!strcmp(field[0], "verify")) {
			verify(parts);
		} else if (!strcmp(field[0], "sha256")) {
			Sha256 hash;
			sha256Start(&hash);
			sha256Add(&hash, data, parse(field[1], data));
			sha256End(&hash, digest);
			print(digest, SHA256_BYTES);
		} else {
			Sha512 hash;
			sha512Start(&hash);
			sha512Add(&hash, data, parse(field[1], data));
			sha512End(&hash, digest);
			print(digest, SHA512_BYTES);
		}
	}
	return 0;
}
