/* What drivers that are not ours expect of an SX127x, register by register: its data sheet, and what RadioLib and Semtech's drivers ask for. */
#include "talk.h"

#include "clock.h"
#include "sx127xChip.h"

/* Radio 1 has been set up by our driver, for `benchModulation`. */
static void setUp(void) {
	talkPower(LORA_SX1262, LORA_SX1276);
	CHECK_THAT(talkCarry(&benchModulation, 40));
}

static uint8_t transfer(const uint8_t address, const uint8_t value) {
	const uint8_t out[] = { address, value };
	uint8_t answer[2];
	sx127xSimTransfer(&bench[1].sx127x, out, answer, sizeof(answer));
	simClockAdvance(100);
	return answer[1];
}

/* An SX1276 as it comes out of reset, and without erratum 2.3's settings: it receives, if not as well. */
static void receivesWithoutWorkarounds(void) {
	uint8_t headers, packets;
	setUp();
	CHECK_THAT(transfer(SX127X_REG_HOP_CHANNEL, 0) & SX127X_CRC_ON_PAYLOAD);
	transfer(SX127X_WRITE | SX127X_REG_MODE, SX127X_MODE_LORA | SX127X_MODE_STANDBY);
	headers = transfer(SX127X_REG_HEADERS + 1, 0);
	packets = transfer(SX127X_REG_PACKETS + 1, 0);
	transfer(SX127X_WRITE | SX127X_REG_IF_2, 0x20);
	transfer(SX127X_WRITE | SX127X_REG_DETECT, 0xC3);
	transfer(SX127X_WRITE | SX127X_REG_IRQ, 0xFF);
	transfer(SX127X_WRITE | SX127X_REG_IRQ_MASK, 0);
	transfer(SX127X_WRITE | SX127X_REG_MODE, SX127X_MODE_LORA | SX127X_MODE_RX);
	talkTransmit(0, &benchModulation, 20);
	benchRun(500000);
	CHECK_THAT((transfer(SX127X_REG_IRQ, 0) & (SX127X_IRQ_RX_DONE | SX127X_IRQ_CRC_ERROR)) == SX127X_IRQ_RX_DONE);
	CHECK_THAT(transfer(SX127X_REG_HEADERS + 1, 0) == headers + 1);
	CHECK_THAT(transfer(SX127X_REG_PACKETS + 1, 0) == packets + 1);
	sx127xSimReset(&bench[1].sx127x, true);
	sx127xSimReset(&bench[1].sx127x, false);
	simClockAdvance(10000);
	CHECK_THAT(transfer(SX127X_REG_PA_DAC, 0) == SX127X_PA_DAC_NORMAL);
	CHECK_THAT(transfer(SX127X_REG_PA, 0) == 0x4F && transfer(SX127X_REG_OCP, 0) == SX127X_OCP_100_MA);
}

/* As Semtech's driver has it, RegOpMode's LowFrequencyModeOn stays as it comes out of reset: the port is that of the frequency. CadDone is on DIO3. */
static void measuresByItsBand(void) {
	LoraModulation m = benchModulation;
	const uint8_t mode = SX127X_MODE_LORA | SX127X_MODE_LOW_FREQUENCY;
	setUp();
	transfer(SX127X_WRITE | SX127X_REG_MODE, mode | SX127X_MODE_STANDBY);
	transfer(SX127X_WRITE | SX127X_REG_IRQ, 0xFF);
	transfer(SX127X_WRITE | SX127X_REG_IRQ_MASK, 0);
	transfer(SX127X_WRITE | SX127X_REG_DIO_1, 0);
	transfer(SX127X_WRITE | SX127X_REG_MODE, mode | SX127X_MODE_CAD);
	CHECK_THAT(!sx127xSimDio(&bench[1].sx127x, 3));
	simClockAdvance(20000);
	CHECK_THAT(sx127xSimDio(&bench[1].sx127x, 3));
	transfer(SX127X_WRITE | SX127X_REG_IRQ, 0xFF);
	CHECK_THAT(!sx127xSimDio(&bench[1].sx127x, 3));
	transfer(SX127X_WRITE | SX127X_REG_MODE, mode | SX127X_MODE_RX);
	talkTransmit(0, &m, 40);
	benchRun(40000);
	CHECK_THAT(transfer(SX127X_REG_RSSI, 0) - 157 == -60);
	benchRun(500000);
	CHECK_THAT(transfer(SX127X_REG_PACKET_RSSI, 0) * 16 / 15 - 157 == -60);
}

/* Drivers listen before they talk with the FSK receiver, 125 kHz wide. */
static void sensesCarriersInFsk(void) {
	LoraModulation m = benchModulation;
	int i;
	m.sf = 9;
	for (i = 0; i < 2; i++) {
		const bool isSending = i == 1;
		setUp();
		transfer(SX127X_WRITE | SX127X_REG_MODE, SX127X_MODE_LORA | SX127X_MODE_SLEEP);
		transfer(SX127X_WRITE | SX127X_REG_MODE, SX127X_MODE_SLEEP);
		transfer(SX127X_WRITE | SX127X_REG_FSK_BANDWIDTH, 0x02);
		transfer(SX127X_WRITE | SX127X_REG_MODE, SX127X_MODE_RX);
		if (isSending)
			talkTransmit(0, &m, 40);
		simClockAdvance(60000);
		CHECK_THAT(transfer(SX127X_REG_FSK_RSSI, 0) == (isSending ? 120 : 2 * 117));
		benchRun(1000000);
	}
}

const Case chip127xCases[] = {
	CASE(receivesWithoutWorkarounds),
	CASE(measuresByItsBand),
	CASE(sensesCarriersInFsk),
	{ 0 },
};
