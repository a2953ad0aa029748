/* Binds simSerial.c to script. */
#include "xsmc.h"
#include "xsHost.h"
#include "mc.xs.h"
#include "arguments.h"
#include "simSerial.h"

typedef struct {
	xsMachine *the;
	xsSlot object, callback;
} Binding;

void xs_simserial_destructor(void *data) {
	if (!data)
		return;
	simSerialClose();
	c_free(data);
}

static void readable(void *context) {
	const Binding *binding = context;
	xsBeginHost(binding->the);
	xsmcVars(1);
	xsVar(0) = binding->callback;
	xsCallFunction0(xsVar(0), binding->object);
	xsEndHost(binding->the);
}

/* baud, callback */
void xs_simserial(xsMachine *the) {
	const int32_t baud = argumentInteger(the, 0, "serial: baud", 300, 5000000);
	Binding *binding;
	if (!xsmcIsCallable(xsArg(1)))
		xsTypeError("serial: onReadable is no function");
	checkUnconstructed(the, xs_simserial_destructor, "serial");
	binding = c_calloc(1, sizeof *binding);
	if (!binding)
		xsUnknownError("serial: no memory");
	if (!simSerialOpen((uint32_t)baud, readable, binding)) {
		c_free(binding);
		xsUnknownError("serial: the port is in use, or there is none");
	}
	binding->the = the;
	binding->object = xsThis;
	binding->callback = xsArg(1);
	xsRemember(binding->object);
	xsRemember(binding->callback);
	xsmcSetHostData(xsThis, binding);
}

void xs_simserial_read(xsMachine *the) {
	uint8_t bytes[simSerialFifo];
	size_t count;
	openHostDataOf(the, &xsThis, xs_simserial_destructor, "serial");
	count = simSerialRead(bytes, sizeof bytes);
	if (count)
		xsmcSetArrayBuffer(xsResult, bytes, (xsIntegerValue)count);
}

void xs_simserial_write(xsMachine *the) {
	void *bytes;
	xsUnsignedValue count;
	xsmcGetBufferReadable(xsArg(0), &bytes, &count);
	openHostDataOf(the, &xsThis, xs_simserial_destructor, "serial");
	if (!count)
		xsRangeError("serial: an empty buffer");
	if (!simSerialWrite(bytes, count))
		xsUnknownError("output full");
}

void xs_simserial_close(xsMachine *the) {
	Binding *binding = hostDataOf(the, &xsThis, xs_simserial_destructor, "serial");
	if (!binding)
		return;
	xsForget(binding->object);
	xsForget(binding->callback);
	xs_simserial_destructor(binding);
	xsmcSetHostData(xsThis, NULL);
}
