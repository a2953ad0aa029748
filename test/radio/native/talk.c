#include "talk.h"

#include <string.h>

#include "airtime.h"

const uint8_t talkPayload[40] = "forty bytes of payload, not less than 40";
LoraRefusal talkRefusal;

void talkPower(LoraChip a, LoraChip b) {
	const LoraBoard first = benchBoard(a), second = benchBoard(b);
	benchRssi = -60;
	benchSnr = 8;
	benchFate = SIM_FATE_GOOD;
	memset(&bench[0].board.faults, 0, sizeof bench[0].board.faults);
	memset(&bench[1].board.faults, 0, sizeof bench[1].board.faults);
	benchPower(0, &first);
	benchPower(1, &second);
}

void talkListen(int index, const LoraModulation *modulation, int32_t symbols, int32_t timeout) {
	const LoraListen wanted = { *modulation, 0, symbols, timeout };
	CHECK_THAT(!loraReceive(&bench[index].radio, &wanted, &talkRefusal));
}

void talkTransmit(int index, const LoraModulation *modulation, size_t bytes) {
	CHECK_THAT(!loraTransmit(&bench[index].radio, modulation, 14, talkPayload, bytes, &talkRefusal));
}

bool talkCarry(const LoraModulation *modulation, size_t bytes) {
	const int before = bench[1].events[LORA_EVENT_PACKET];
	const LoraFrameShape shape = { modulation->sf, modulation->bandwidth, modulation->codingRate, modulation->preamble,
		modulation->crc, !modulation->implicitLength };
	bool isWhole;
	talkListen(1, modulation, 0, 0);
	benchRun(60000);
	talkTransmit(0, modulation, bytes);
	benchRun(loraAirtime(&shape, (int32_t)bytes) + 1000000);
	isWhole = bench[1].events[LORA_EVENT_PACKET] == before + 1 && bench[1].event.bytes == bytes &&
		!memcmp(bench[1].payload, talkPayload, bytes);
	loraStandby(&bench[1].radio);
	benchRun(100000);
	return isWhole && bench[0].event.kind == LORA_EVENT_DONE;
}

void talkWithoutComplaints(void) {
	int i;
	for (i = 0; i < BENCH_RADIOS; i++) {
		const SimComplaints *c = benchComplaints(i);
		CHECK_THAT(c->whileBusy == 0);
		CHECK_THAT(c->badCommands == 0);
		CHECK_THAT(c->failedStarts == 0);
	}
}
