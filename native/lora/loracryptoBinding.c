#include "xsmc.h"
#include "xsHost.h"
#include "mc.xs.h"
#include "aes.h"
#include "arguments.h"

/* The key of argument 0, expanded. */
static void expandArgument(xsMachine *the, AesKey *key) {
	void *data;
	xsUnsignedValue count;
	xsmcGetBufferReadable(xsArg(0), &data, &count);
	if (count != AES_BLOCK)
		xsRangeError("key of %d bytes: 16 expected", (int)count);
	aesExpand(key, data);
}

void xs_aes_encrypt(xsMachine *the) {
	AesKey key;
	void *data;
	xsUnsignedValue count;
	const int32_t offset = argumentInteger(the, 2, "AES: offset", INT32_MIN, INT32_MAX);
	xsmcGetBufferWritable(xsArg(1), &data, &count);
	if (offset < 0 || count < AES_BLOCK || (xsUnsignedValue)offset > count - AES_BLOCK)
		xsRangeError("no block of 16 bytes at %d of %d bytes", (int)offset, (int)count);
	expandArgument(the, &key);
	aesEncrypt(&key, (uint8_t *)data + offset);
	aesForget(&key);
}

void xs_aes_cmac(xsMachine *the) {
	AesKey key;
	void *data, *out;
	xsUnsignedValue count, outCount;
	const int32_t length = argumentInteger(the, 2, "CMAC: length", INT32_MIN, INT32_MAX);
	uint8_t mac[AES_BLOCK];
	xsmcGetBufferReadable(xsArg(1), &data, &count);
	if (length < 0 || (xsUnsignedValue)length > count)
		xsRangeError("CMAC of %d bytes: there are %d", (int)length, (int)count);
	xsmcGetBufferWritable(xsArg(3), &out, &outCount);
	if (outCount < AES_BLOCK)
		xsRangeError("room for %d bytes: a CMAC has 16", (int)outCount);
	expandArgument(the, &key);
	aesCmac(&key, data, (size_t)length, mac);
	aesForget(&key);
	c_memcpy(out, mac, AES_BLOCK);
}
