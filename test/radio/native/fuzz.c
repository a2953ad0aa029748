/*
 * Random SPI traffic into the simulated chips, and drivers whose chip answers at random: nothing is read or written out of
 * bounds, nothing hangs (built with the sanitizers). fuzz SEED ROUNDS
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "clock.h"

static uint32_t state;

static uint32_t draw(uint32_t below) {
	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state % below;
}

/* Commands that exist are drawn more often than all others. */
static void abuseChip(int index, int rounds) {
	static const uint8_t opcodes[] = { 0x02, 0x07, 0x08, 0x0D, 0x0E, 0x12, 0x13, 0x14, 0x15, 0x17, 0x1D, 0x1E, 0x80,
		0x82, 0x83, 0x84, 0x86, 0x88, 0x89, 0x8A, 0x8B, 0x8C, 0x8E, 0x8F, 0x95, 0x96, 0x97, 0x98, 0x9D, 0x9F, 0xA0,
		0xC0, 0xC1, 0xC5 };
	const SimPins *pins = &bench[index].hal.pins;
	uint8_t out[280], in[280];
	while (rounds--) {
		const size_t bytes = draw(20) ? 1 + draw(12) : 1 + draw(sizeof out);
		size_t i;
		for (i = 0; i < bytes; i++)
			out[i] = (uint8_t)draw(draw(3) ? 16 : 256);
		if (draw(4))
			out[0] = draw(2) ? opcodes[draw(sizeof opcodes)] : (uint8_t)draw(256);
		pins->transfer(pins->chip, out, draw(2) ? in : NULL, bytes);
		if (!draw(200))
			pins->reset(pins->chip, draw(2));
		simClockAdvance(draw(8) ? draw(3000) : draw(300000));
	}
	pins->reset(pins->chip, true);
	pins->reset(pins->chip, false);
	simClockAdvance(1000000);
}

static bool answersWell;

static void noisyTransfer(void *context, const uint8_t *out, uint8_t *in, size_t bytes) {
	BenchRadio *radio = context;
	size_t i;
	if (radio->radio.board.chip <= LORA_SX1268)
		sx126xSimTransfer(&radio->sx126x, out, in, bytes);
	else
		sx127xSimTransfer(&radio->sx127x, out, in, bytes);
	if (in && !answersWell && !draw(3))
		for (i = 0; i < bytes; i++)
			in[i] = (uint8_t)draw(256);
}

static bool noisyDio(void *context, unsigned number) {
	BenchRadio *radio = context;
	if (!answersWell && !draw(4))
		return draw(2);
	return radio->radio.board.chip <= LORA_SX1268 ? sx126xSimDio(&radio->sx126x, number)
												  : sx127xSimDio(&radio->sx127x, number);
}

static bool noisyBusy(void *context) {
	BenchRadio *radio = context;
	if (!answersWell && !draw(6))
		return true;
	return radio->radio.board.chip <= LORA_SX1268 && sx126xSimBusy(&radio->sx126x);
}

static void noisyReset(void *context, bool held) {
	BenchRadio *radio = context;
	if (radio->radio.board.chip <= LORA_SX1268)
		sx126xSimReset(&radio->sx126x, held);
	else
		sx127xSimReset(&radio->sx127x, held);
}

static void abuseDriver(int rounds) {
	const LoraListen window = { benchModulation, 0, 20, 0 }, timed = { benchModulation, 0, 0, 30000 },
					 endless = { benchModulation, 0, 0, 0 };
	LoraRefusal refusal;
	uint8_t payload[255] = { 1 };
	bench[0].hal.pins = (SimPins){ &bench[0], noisyTransfer, noisyReset, noisyBusy, noisyDio };
	answersWell = false;
	while (rounds--) {
		switch (draw(9)) {
		case 0:
			loraTransmit(&bench[0].radio, &benchModulation, 14, payload, 1 + draw(255), &refusal);
			break;
		case 1:
			loraReceive(&bench[0].radio, &window, &refusal);
			break;
		case 2:
			loraReceive(&bench[0].radio, &timed, &refusal);
			break;
		case 3:
			loraReceive(&bench[0].radio, &endless, &refusal);
			break;
		case 4:
			loraDetect(&bench[0].radio, &benchModulation, &refusal);
			break;
		case 5:
			loraMeasure(&bench[0].radio, &benchModulation, 3000, &refusal);
			break;
		case 6:
			loraSleep(&bench[0].radio, draw(2));
			break;
		case 7:
			loraStandby(&bench[0].radio);
			break;
		default:
			loraRandom(&bench[0].radio);
			break;
		}
		benchRun(draw(3) ? 1 + draw(400000) : 2000000);
	}
}

static void work(LoraChip chip, int rounds) {
	const LoraBoard board = benchBoard(chip), peer = benchBoard(LORA_SX1262);
	const uint8_t payload[10] = { 0 };
	LoraRefusal refusal;
	benchPower(0, &board);
	benchPower(1, &peer);
	abuseChip(0, 20 * rounds);
	benchPower(0, &board);
	abuseDriver(rounds);
	/* Once the noise has stopped the radio works again, at the latest after one error. */
	answersWell = true;
	loraStandby(&bench[0].radio);
	benchRun(20000000);
	CHECK_THAT(!loraTransmit(&bench[0].radio, &benchModulation, 14, payload, sizeof payload, &refusal));
	benchRun(20000000);
	if (bench[0].event.kind == LORA_EVENT_ERROR) {
		CHECK_THAT(!loraTransmit(&bench[0].radio, &benchModulation, 14, payload, sizeof payload, &refusal));
		benchRun(20000000);
	}
	CHECK_THAT(bench[0].event.kind == LORA_EVENT_DONE && bench[0].event.operation == LORA_TRANSMIT);
	benchPower(0, &board);
}

int main(int argc, char **argv) {
	const int rounds = argc > 2 ? atoi(argv[2]) : 100;
	state = (argc > 1 ? (uint32_t)atoi(argv[1]) : 1) * 2654435761u | 1;
	work(LORA_SX1262, rounds);
	work(LORA_SX1276, rounds);
	work(LORA_SX1261, rounds / 4);
	work(LORA_SX1272, rounds / 4);
	return benchFailures > 0;
}
