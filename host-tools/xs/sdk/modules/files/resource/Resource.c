/* The SDK's Resource: a read-only buffer over a file's bytes in place (mapped here, in flash on the chip). */
#include "host.h"

static const void *find(const char *name, size_t *size) {
	const HostFile *file = hostFind(hostProgram.resources, hostProgram.resourceCount, name);
	return file ? hostMap(file->path, size) : NULL;
}

void Resource_destructor(void *data) {
	(void)data;
}

static void checkResource(txMachine *the) {
	if (fxGetHostDestructor(the, mxThis) != Resource_destructor)
		mxTypeError("Resource: called with an object of another class");
}

void Resource_constructor(txMachine *the) {
	size_t size;
	txString name = fxToString(the, mxArgv(0));
	const void *data = find(name, &size);
	if (!data)
		mxURIError("Resource not found: %s", name);
	checkResource(the);
	fxSetHostBuffer(the, mxThis, (void *)data, (txSize)size);
	fxPetrifyHostBuffer(the, mxThis);
}

void Resource_exists(txMachine *the) {
	size_t size;
	mxResult->kind = XS_BOOLEAN_KIND;
	mxResult->value.boolean = find(fxToString(the, mxArgv(0)), &size) != NULL;
}

void Resource_get_byteLength(txMachine *the) {
	checkResource(the);
	mxResult->kind = XS_INTEGER_KIND;
	mxResult->value.integer = fxGetHostBufferLength(the, mxThis);
}

static txInteger argument(txMachine *the, txInteger index, txInteger otherwise) {
	return hostArgc(the) > index ? fxToInteger(the, mxArgv(index)) : otherwise;
}

void Resource_slice(txMachine *the) {
	txByte *data;
	txInteger size, start, end;
	checkResource(the);
	data = fxGetHostData(the, mxThis);
	size = fxGetHostBufferLength(the, mxThis);
	start = argument(the, 0, 0);
	end = argument(the, 1, size);
	if (start < 0)
		start = 0;
	if (start > size)
		start = size;
	if (end > size)
		end = size;
	if (end < start)
		end = start;
	if (hostArgc(the) > 2 && !fxToBoolean(the, mxArgv(2))) {
		txSlot *property;
		fxNewHostObject(the, NULL);
		mxPullSlot(mxResult);
		fxSetHostBuffer(the, mxResult, data + start, end - start);
		fxPetrifyHostBuffer(the, mxResult);
		property = mxBehaviorSetProperty(the, mxResult->value.reference, mxID(_byteLength), 0, XS_OWN);
		property->flag = XS_DONT_DELETE_FLAG | XS_DONT_SET_FLAG;
		property->kind = XS_INTEGER_KIND;
		property->value.integer = end - start;
		return;
	}
	fxArrayBuffer(the, mxResult, data + start, end - start, -1);
}
