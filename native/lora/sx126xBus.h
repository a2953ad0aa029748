/* SPI transactions of SX126x (10): a command or consecutive registers. */
#ifndef LOAM_SX126X_BUS_H
#define LOAM_SX126X_BUS_H

#include "steps.h"
#include "sx126xChip.h"

void sx126xCommand(LoraRadio *radio, uint8_t opcode, const uint8_t *arguments, size_t count);
#define SX126X_COMMAND(radio, opcode, ...) \
	sx126xCommand(radio, opcode, (const uint8_t[]){ __VA_ARGS__ }, sizeof((const uint8_t[]){ __VA_ARGS__ }))
/* Reads `count` bytes that follow the status byte. */
void sx126xQuery(LoraRadio *radio, uint8_t opcode, uint8_t *result, size_t count);
void sx126xWrite(LoraRadio *radio, uint16_t address, const uint8_t *values, size_t count);
#define SX126X_WRITE(radio, address, ...) \
	sx126xWrite(radio, address, (const uint8_t[]){ __VA_ARGS__ }, sizeof((const uint8_t[]){ __VA_ARGS__ }))
void sx126xRead(LoraRadio *radio, uint16_t address, uint8_t *values, size_t count);
/* A step in two transactions: clears the bits `clear` of a register, then sets the bits `set`. */
LoraStepResult sx126xModify(LoraRadio *radio, uint16_t address, uint8_t clear, uint8_t set);

#endif
