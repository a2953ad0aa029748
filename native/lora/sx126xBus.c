#include "sx126xBus.h"

#include <string.h>

static void transfer(LoraRadio *radio, const uint8_t *out, uint8_t *in, size_t bytes) {
	radio->hal.spiTransfer(radio->hal.context, out, in, bytes);
}

void sx126xCommand(LoraRadio *radio, uint8_t opcode, const uint8_t *arguments, size_t count) {
	uint8_t out[260];
	out[0] = opcode;
	if (count)
		memcpy(out + 1, arguments, count);
	transfer(radio, out, NULL, 1 + count);
}

static void read(LoraRadio *radio, const uint8_t *head, size_t headBytes, uint8_t *result, size_t count) {
	uint8_t out[260] = { 0 }, in[260];
	memcpy(out, head, headBytes);
	transfer(radio, out, in, headBytes + count);
	memcpy(result, in + headBytes, count);
}

void sx126xQuery(LoraRadio *radio, uint8_t opcode, uint8_t *result, size_t count) {
	const uint8_t head[] = { opcode, 0 };
	read(radio, head, sizeof head, result, count);
}

void sx126xWrite(LoraRadio *radio, uint16_t address, const uint8_t *values, size_t count) {
	uint8_t arguments[12] = { (uint8_t)(address >> 8), (uint8_t)address };
	memcpy(arguments + 2, values, count);
	sx126xCommand(radio, SX126X_WRITE_REGISTER, arguments, 2 + count);
}

void sx126xRead(LoraRadio *radio, uint16_t address, uint8_t *values, size_t count) {
	const uint8_t head[] = { SX126X_READ_REGISTER, (uint8_t)(address >> 8), (uint8_t)address, 0 };
	read(radio, head, sizeof head, values, count);
}

LoraStepResult sx126xModify(LoraRadio *radio, uint16_t address, uint8_t clear, uint8_t set) {
	if (radio->phase == 0) {
		sx126xRead(radio, address, radio->scratch, 1);
		return LORA_STEP_AGAIN;
	}
	SX126X_WRITE(radio, address, (uint8_t)((radio->scratch[0] & ~clear) | set));
	return LORA_STEP_NEXT;
}
