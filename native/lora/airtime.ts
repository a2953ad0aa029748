import type { Modulation } from "lora";

function compute(
  bytes: number,
  sf: number,
  bandwidth: number,
  codingRate: number,
  preamble: number,
  crc: boolean,
  header: boolean,
): number {
  return native("xs_lora_airtime").call(undefined, bytes, sf, bandwidth, codingRate, preamble, crc, header) as number;
}

/** Airtime of `bytes` bytes in microseconds. @throws RangeError for a modulation that no chip supports */
export default function airtime(bytes: number, modulation: Omit<Modulation, "frequency">): number {
  const { sf, bandwidth, codingRate = 5, preamble = 8, crc = true, implicitLength } = modulation;
  return compute(bytes, sf, bandwidth, codingRate, preamble, crc, implicitLength === undefined);
}
