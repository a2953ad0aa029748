/** The wiring of a radio: plain types, also used by the node description. */

export type Chip = "sx1261" | "sx1262" | "sx1268" | "sx1272" | "sx1276" | "sx1277" | "sx1278";

/** GPIO numbers. All chips need clock, dataOut, dataIn, select, reset and dio1, SX126x busy too, SX127x dio0; the other two only with `rfSwitch: "pins"`. */
export interface RadioPins {
  /** Number of the SPI host. Default 2. */
  spi?: number;
  clock?: number;
  dataOut?: number;
  dataIn?: number;
  select?: number;
  /** Hz of the SPI clock. Default 8,000,000. */
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
  /** Supply voltage of a TCXO on DIO3 (SX126x: 1.6, 1.7, 1.8, 2.2, 2.4, 2.7, 3.0 or 3.3), 0: a crystal. Any other value above 0 on SX127x: a TCXO. Default 0. */
  tcxoVoltage?: number;
  /** ms until the TCXO is stable. Default 5. */
  tcxoDelay?: number;
  /** SX126x's supply. Default "ldo", which works on every board. */
  regulator?: "ldo" | "dcdc";
  /** Control of the RF switch: by SX126x's DIO2, the two pins, or none. Default "none". */
  rfSwitch?: "dio2" | "pins" | "none";
  /** SX127x: the PA output that the antenna is connected to. Default "boost". */
  paPin?: "boost" | "rfo";
  /** Largest power at the chip's pin that the board or its filter supports, dBm. Default: the chip's limit. */
  maxPower?: number;
}
