/** LoRaWAN: credentials, link settings, and the radio chip on the board. */
import { regions } from "../../../device/lorawan/regions/regions.js";
import { abpDefaults, linkDefaults } from "../../../device/lorawan/defaults.js";
import type { RegionName } from "../../../device/lorawan/types.js";
import { boardDefaults, pinDefaults } from "../../../native/lora/loraboard.js";
import { between, choice, flag, hex, key, list, numberChoice, section, variants, whole } from "./fields.js";

const pin = (meaning: string) => key(whole(0, 48), meaning, { unit: "GPIO", fromBoard: true });

const sharedPins = (fastest: number, receiverWith: string) => ({
  spi: key(whole(1, 2).default(pinDefaults.spi), "SPI host: 1 is SPI2, 2 is SPI3 (an ESP32-C3 has only 1)."),
  clock: pin("SPI clock (SCK)."),
  dataOut: pin("SPI data to the chip (MOSI)."),
  dataIn: pin("SPI data from the chip (MISO)."),
  select: pin("SPI chip select (NSS)."),
  frequency: key(whole(100_000, fastest).default(pinDefaults.frequency), "SPI clock frequency.", { unit: "Hz" }),
  reset: pin("Reset of the radio chip (NRESET)."),
  txEnable: key(whole(0, 48).optional(), 'RF switch to the transmitter, with `rfSwitch` "pins".', {
    unit: "GPIO",
    absent: "Not connected.",
  }),
  rxEnable: key(whole(0, 48).optional(), `RF switch to the receiver, with \`rfSwitch\` ${receiverWith}.`, {
    unit: "GPIO",
    absent: "Not connected.",
  }),
});

const shared = {
  tcxoDelay: key(between(0, 100).default(boardDefaults.tcxoDelay), "Start-up time of the TCXO.", { unit: "ms" }),
};

const wired = { absent: "The node can be simulated, but not built for a board." };

const sx126x = section({
  chip: key(
    choice(["sx1261", "sx1262", "sx1268"]),
    "Semtech SX1261, SX1262 or SX1268, which reaches the regions at 433 and 470 MHz only.",
  ),
  pins: key(
    section({ ...sharedPins(16_000_000, '"pins" or "dio2"'), busy: pin("BUSY."), dio1: pin("DIO1, the interrupt.") })
      .meta({ id: "Sx126xPins", description: "Pins of an SX1261 or SX1262." })
      .optional(),
    "Pins that the radio chip is wired to.",
    wired,
  ),
  tcxoVoltage: key(
    numberChoice([0, 1.6, 1.7, 1.8, 2.2, 2.4, 2.7, 3, 3.3]).default(boardDefaults.tcxoVoltage as 0),
    "Voltage of a TCXO supplied by DIO3; 0: a crystal.",
    { unit: "V" },
  ),
  ...shared,
  regulator: key(
    choice(["ldo", "dcdc"]).default(boardDefaults.regulator),
    'Regulator of the chip; "ldo" works on every board.',
  ),
  rfSwitch: key(
    choice(["none", "dio2", "pins"]).default(boardDefaults.rfSwitch),
    "Control of the RF switch: by DIO2 (if that switches only to the transmitter, with the pin `rxEnable`), by the pins `txEnable` and `rxEnable`, or none.",
  ),
  maxPower: key(
    whole(-17, 22).optional(),
    "Maximum output power at the chip's pin that the board or its filter supports.",
    {
      unit: "dBm",
      absent: "What the chip can give all the time: 22, an SX1261 14.",
    },
  ),
  rxGain: key(
    choice(["boosted", "power saving"]).default(boardDefaults.rxGain),
    'Gain of the receiver: "boosted" hears packets that are some 3 dB weaker, "power saving" takes less current in receive windows.',
  ),
}).meta({ id: "Sx126xBoard", description: "A board with an SX1261, SX1262 or SX1268." });

const sx127x = section({
  chip: key(
    choice(["sx1272", "sx1276", "sx1278"]),
    "Semtech SX1272, SX1276 or SX1278; an SX1278 reaches the regions at 433 and 470 MHz only, an SX1272 those above 860 MHz. (An SX1277 supports at most SF9.)",
  ),
  pins: key(
    section({ ...sharedPins(10_000_000, '"pins"'), dio0: pin("DIO0, the interrupt."), dio1: pin("DIO1.") })
      .meta({ id: "Sx127xPins", description: "Pins of an SX1272 or SX1276." })
      .optional(),
    "Pins that the radio chip is wired to.",
    wired,
  ),
  tcxoVoltage: key(between(0, 3.3).default(boardDefaults.tcxoVoltage), "More than 0: a TCXO; 0: a crystal.", {
    unit: "V",
  }),
  ...shared,
  rfSwitch: key(
    choice(["none", "pins"]).default(boardDefaults.rfSwitch),
    "Control of the RF switch: by the pins `txEnable` and `rxEnable`, or none.",
  ),
  paPin: key(
    choice(["boost", "rfo"]).default(boardDefaults.paPin),
    "The PA output that the antenna is connected to: PA_BOOST or RFO.",
  ),
  maxPower: key(
    whole(-4, 20).optional(),
    "Maximum output power at the chip's pin that the board or its filter supports.",
    {
      unit: "dBm",
      absent: "What the chip can give all the time: 17, on RFO 14.",
    },
  ),
}).meta({ id: "Sx127xBoard", description: "A board with an SX1272, SX1276 or SX1278." });

const board = variants("chip", [sx126x, sx127x], ["sx1261", "sx1262", "sx1268", "sx1272", "sx1276", "sx1278"]).meta({
  id: "RadioBoard",
  description: "The radio chip, and properties of the board that the chip cannot report.",
});

const abp = section({
  devAddr: key(hex(4), "DevAddr, most significant byte first."),
  nwkSKey: key(hex(16), "NwkSKey. Secret, as AppKey."),
  appSKey: key(hex(16), "AppSKey. Secret, as AppKey."),
  rxDelay: key(whole(1, 15).default(abpDefaults.rxDelay), "Delay of RX1; RX2 is a second later.", { unit: "s" }),
  rx1Offset: key(whole(0, 7).default(abpDefaults.rx1Offset), "RX1DROffset."),
  rx2DataRate: key(whole(0, 15).optional(), "Data rate of RX2.", { absent: "The region's." }),
  rx2Frequency: key(whole(100_000_000, 1_000_000_000).optional(), "Frequency of RX2.", {
    unit: "Hz",
    absent: "The region's.",
  }),
  channels: key(
    list(whole(100_000_000, 1_000_000_000), 1, 13).optional(),
    "Channels beside the region's default ones, where the network has more.",
    { unit: "Hz", absent: "The default channels." },
  ),
}).meta({
  id: "AbpConfig",
  description:
    "ABP: a session that the network server has, too. MAC commands change its settings later; these take effect when the session begins, with other keys or another DevAddr.",
});

export const radio = section({
  board: key(
    board,
    "The radio chip and its wiring. With `board` above it may be left out, or hold `chip` and the keys that differ from the board's.",
    { fromBoard: true },
  ),
  region: key(choice(Object.keys(regions) as [RegionName, ...RegionName[]]), "Region (RP002 regional parameters)."),
  devEui: key(hex(8), "DevEUI, most significant byte first."),
  joinEui: key(hex(8).optional(), "JoinEUI (AppEUI), most significant byte first.", { absent: "With `abp` only." }),
  appKey: key(hex(16).optional(), "AppKey. Secret: never shown in messages or reports.", {
    absent: "With `abp` only.",
  }),
  abp: key(abp.optional(), "A session that is set on both sides: the node does not join.", {
    absent: "The node joins (OTAA).",
  }),
  adr: key(flag().default(linkDefaults.adr), "ADR: the network controls data rate and power."),
  dataRate: key(whole(0, 15).optional(), "Data rate before ADR; one that the region's default channels have.", {
    absent: "The region's lowest data rate.",
  }),
  channelPlan: key(
    choice(["20", "26", "20A", "20B", "26A", "26B"]).optional(),
    'CN470: the channel plan of the network, for antennas of 20 or 26 MHz; "20" or "26": the antenna, for a node that joins.',
    { absent: "The plan in whose join channel a join request is heard; with `abp` it is needed." },
  ),
  subBand: key(
    whole(1, 8).optional(),
    "US915, AU915 and CN470: the sub-band of eight channels that the network uses.",
    {
      absent: "The one in which a join request is heard, until the network enables others.",
    },
  ),
  antennaGain: key(
    between(-20, 20).default(linkDefaults.antennaGain),
    "Antenna gain over isotropic, less the cable's loss. The chip's power is the EIRP that the region allows less this. 2.15 is a half-wave dipole.",
    { unit: "dBi" },
  ),
  clockErrorPpm: key(
    between(0, 10000).default(linkDefaults.clockErrorPpm),
    "Maximum error of the node's clock; receive windows open earlier and stay open longer by this much.",
    { unit: "ppm" },
  ),
  timingErrorMs: key(
    between(0, 500).default(linkDefaults.timingErrorMs),
    "Additional timing uncertainty of a receive window (timer granularity).",
    { unit: "ms" },
  ),
  silenceLimit: key(
    whole(0, 0xffffffff).default(linkDefaults.silenceLimit),
    "Number of uplinks without a downlink after which the node sends join requests beside its uplinks; 0: never.",
  ),
  joinNonceCounter: key(
    flag().default(linkDefaults.joinNonceCounter),
    "Whether JoinNonce must increase, as LoRaWAN 1.0.4 requires; false for older join servers that choose it at random.",
  ),
}).meta({ id: "RadioConfig", description: "LoRaWAN: credentials (OTAA or ABP), link settings, radio board." });
