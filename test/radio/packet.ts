import { type AirPacket } from "../../host-tools/air/index.js";

/** A packet with these properties, the others being usual ones. */
export const packet = (changes: Partial<AirPacket>): AirPacket => ({
  start: 0,
  end: 50000,
  frequency: 868100000,
  sf: 7,
  bandwidth: 125000,
  codingRate: 5,
  invertIQ: false,
  crc: true,
  preamble: 8,
  syncWord: 0x34,
  power: 14,
  payload: new Uint8Array(10),
  from: "a",
  impairment: 0,
  ...changes,
});
