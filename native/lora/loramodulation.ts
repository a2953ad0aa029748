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

/** LoraModulation (lora.h), in its order. */
export function modulationOf(options: Modulation): Record<string, number> {
  const {
    frequency,
    sf,
    bandwidth,
    codingRate = 5,
    preamble = 8,
    invertIQ = false,
    crc = true,
    syncWord = 0x34,
    implicitLength = 0,
  } = options;
  return {
    frequency,
    sf,
    bandwidth,
    codingRate,
    preamble,
    invertIQ: invertIQ ? 1 : 0,
    crc: crc ? 1 : 0,
    syncWord,
    implicitLength,
  };
}

/** Puts the values in order: C takes them one after the other. @throws RangeError for what is no whole number, or wider than 32 bits: an Int32Array would make another number of it. */
export function fillWhole(numbers: Int32Array<ArrayBuffer>, values: Record<string, number>): Int32Array<ArrayBuffer> {
  let at = 0;
  for (const [name, value] of Object.entries(values)) {
    if ((value | 0) !== value) throw new RangeError(`radio: ${name} ${value}: a whole number of 32 bits expected`);
    numbers[at++] = value;
  }
  return numbers;
}
