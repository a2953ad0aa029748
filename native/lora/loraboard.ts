/** The wiring of a radio, and its defaults: also used by the node description's schema. */

export type Chip = "sx1261" | "sx1262" | "sx1268" | "sx1272" | "sx1276" | "sx1277" | "sx1278";

/** GPIO numbers. All chips need clock, dataOut, dataIn, select, reset and dio1, SX126x busy too, SX127x dio0; the other two only with `rfSwitch: "pins"`, rxEnable also with "dio2". */
export interface RadioPins {
  /** Number of the SPI host. */
  spi?: number;
  clock?: number;
  dataOut?: number;
  dataIn?: number;
  select?: number;
  /** Hz of the SPI clock. */
  frequency?: number;
  reset?: number;
  busy?: number;
  dio0?: number;
  dio1?: number;
  txEnable?: number;
  rxEnable?: number;
}

/** Properties of the board that the chip cannot detect. */
export interface RadioOptions {
  chip: Chip;
  pins?: RadioPins;
  /** Supply voltage of a TCXO on DIO3 (SX126x: 1.6, 1.7, 1.8, 2.2, 2.4, 2.7, 3.0 or 3.3), 0: a crystal. Any other value above 0 on SX127x: a TCXO. */
  tcxoVoltage?: number;
  /** ms until the TCXO is stable. */
  tcxoDelay?: number;
  /** SX126x's supply; "ldo" works on every board. */
  regulator?: "ldo" | "dcdc";
  /** Control of the RF switch: by SX126x's DIO2 (which may switch to the transmitter only, and rxEnable to the receiver), the two pins, or none. */
  rfSwitch?: "dio2" | "pins" | "none";
  /** SX127x: the PA output that the antenna is connected to. */
  paPin?: "boost" | "rfo";
  /** Largest power at the chip's pin that the board or its filter supports, dBm. Default: the chip's limit. */
  maxPower?: number;
  /** SX126x's receiver: "boosted" hears packets that are some 3 dB weaker, and takes more current. */
  rxGain?: "boosted" | "power saving";
}

export const boardDefaults = {
  tcxoVoltage: 0,
  tcxoDelay: 5,
  regulator: "ldo",
  rfSwitch: "none",
  paPin: "boost",
  rxGain: "boosted",
} as const satisfies Partial<RadioOptions>;

export const pinDefaults = { spi: 2, frequency: 8_000_000 } as const satisfies RadioPins;
