/* vectors encrypt KEY BLOCK | cmac KEY MESSAGE: hexadecimal in, hexadecimal out. */
#include <stdio.h>
#include <string.h>

#include "aes.h"

static size_t parse(const char *hex, uint8_t *bytes) {
	size_t count = 0;
	unsigned value;
	for (; sscanf(hex, "%2x", &value) == 1; hex += 2)
		bytes[count++] = (uint8_t)value;
	return count;
}

int main(int argc, char **argv) {
	uint8_t key[16], data[512], out[16];
	AesKey expanded;
	size_t bytes, i;
	if (argc < 4 || parse(argv[2], key) != 16)
		return 64;
	bytes = parse(argv[3], data);
	aesExpand(&expanded, key);
	if (!strcmp(argv[1], "encrypt")) {
		memcpy(out, data, 16);
		aesEncrypt(&expanded, out);
	} else {
		aesCmac(&expanded, data, bytes, out);
	}
	aesForget(&expanded);
	for (i = 0; i < sizeof expanded; i++)
		if (((const uint8_t *)&expanded)[i])
			return 1;
	for (i = 0; i < 16; i++)
		printf("%02x", out[i]);
	return 0;
}
