/* XS binding of sha2.h and ed25519.h. The state of a verification is an ArrayBuffer of its bytes, copied since XS aligns chunks to 4 only. */
#include "xsmc.h"
#include "xsHost.h"
#include "mc.xs.h"
#include "arguments.h"
#include "ed25519.h"

static const uint8_t *sized(xsMachine *the, int index, const char *what, xsUnsignedValue expected) {
	void *data;
	xsUnsignedValue count;
	xsmcGetBufferReadable(xsArg(index), &data, &count);
	if (count != expected)
		xsRangeError("%s of %u bytes: %u expected", what, (unsigned)count, (unsigned)expected);
	return data;
}

/* The first bytes of a buffer, as many as the next argument says. */
static const uint8_t *dataArgument(xsMachine *the, int index, size_t *bytes) {
	const int32_t length = argumentInteger(the, index + 1, "crypt: length", 0, INT32_MAX);
	void *data;
	xsUnsignedValue count;
	xsmcGetBufferReadable(xsArg(index), &data, &count);
	if ((xsUnsignedValue)length > count)
		xsRangeError("crypt: %d bytes: there are %u", (int)length, (unsigned)count);
	*bytes = (size_t)length;
	return data;
}

static void *stateArgument(xsMachine *the, Ed25519 *check) {
	void *data;
	xsUnsignedValue count;
	xsmcGetBufferWritable(xsArg(0), &data, &count);
	if (count != sizeof *check)
		xsRangeError("verification of %u bytes: %u expected", (unsigned)count, (unsigned)sizeof *check);
	c_memcpy(check, data, sizeof *check);
	return data;
}

void xs_crypt_sha256(xsMachine *the) {
	Sha256 hash;
	uint8_t digest[SHA256_BYTES];
	size_t bytes;
	const uint8_t *data = dataArgument(the, 0, &bytes);
	sha256Start(&hash);
	sha256Add(&hash, data, bytes);
	sha256End(&hash, digest);
	xsmcSetArrayBuffer(xsResult, digest, sizeof digest);
}

void xs_ed25519_start(xsMachine *the) {
	Ed25519 check;
	const uint8_t *key = sized(the, 0, "public key", ED25519_KEY_BYTES);
	ed25519Start(&check, key, sized(the, 1, "signature", ED25519_SIGNATURE_BYTES));
	xsmcSetArrayBuffer(xsResult, &check, sizeof check);
}

void xs_ed25519_add(xsMachine *the) {
	Ed25519 check;
	size_t bytes;
	const uint8_t *part = dataArgument(the, 1, &bytes);
	void *state = stateArgument(the, &check);
	ed25519Add(&check, part, bytes);
	c_memcpy(state, &check, sizeof check);
}

/* 0: there is more to do; 1: the key's owner signed it; 2: not. */
void xs_ed25519_step(xsMachine *the) {
	Ed25519 check;
	void *state = stateArgument(the, &check);
	const Ed25519Answer answer = ed25519Step(&check);
	c_memcpy(state, &check, sizeof check);
	xsmcSetInteger(xsResult, answer);
}
