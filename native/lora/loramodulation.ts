/** LoRa modulation, and how settings reach C. */

export interface Modulation {
  /** Hz */
  frequency: number;
  /** Spreading factor, 5 (SX126x) or 6 to 12. */
  sf: number;
  /** Hz: 7810, 10420, 15630, 20830, 31250, 41670, 62500, 125000, 250000 or 500000. */
  bandwidth: number;
  /** 5..8 for 4/5..4/8. Default 5. */
  codingRate?: number;
  /** Symbols. Default 8. */
  preamble?: number;
  /** Default false; a LoRaWAN downlink is inverted. */
  invertIQ?: boolean;
  /** Payload CRC. Default true. */
  crc?: boolean;
  /** 0x34 public (default), 0x12 private. */
  syncWord?: number;
  /** Payload length in implicit header mode. Default: explicit header. */
  implicitLength?: number;
}

/** Puts `value` at index `at`. @returns the next index @throws RangeError for what is no whole number, or wider than 32 bits: an Int32Array would make another number of it */
export function putWhole(numbers: Int32Array, at: number, name: string, value: number): number {
  if ((value | 0) !== value) throw new RangeError(`radio: ${name} ${value}: a whole number of 32 bits expected`);
  numbers[at] = value;
  return at + 1;
}

/** Puts LoraModulation (lora.h), in its order. @returns the next index */
export function putModulation(numbers: Int32Array, from: number, options: Modulation): number {
  let at = putWhole(numbers, from, "frequency", options.frequency);
  at = putWhole(numbers, at, "sf", options.sf);
  at = putWhole(numbers, at, "bandwidth", options.bandwidth);
  at = putWhole(numbers, at, "codingRate", options.codingRate ?? 5);
  at = putWhole(numbers, at, "preamble", options.preamble ?? 8);
  at = putWhole(numbers, at, "invertIQ", options.invertIQ ? 1 : 0);
  at = putWhole(numbers, at, "crc", (options.crc ?? true) ? 1 : 0);
  at = putWhole(numbers, at, "syncWord", options.syncWord ?? 0x34);
  return putWhole(numbers, at, "implicitLength", options.implicitLength ?? 0);
}
