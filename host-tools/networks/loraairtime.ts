import { frameOverhead } from "../../device/lorawan/frames.js";
import { airtime } from "../air/airtime.js";

/** Hz; of sub-GHz and 2.4 GHz LoRaWAN. */
const bandwidths = [125_000, 250_000, 500_000, 812_500];

/** ms that a frame with this payload is on the air; undefined: it is not LoRa, or nothing that a node sends. */
export function frameAirtime(sf: number, bandwidth: number, payloadLength: number): number | undefined {
  if (!Number.isInteger(sf) || sf < 5 || sf > 12 || !bandwidths.includes(bandwidth)) return undefined;
  return airtime({ sf, bandwidth }, frameOverhead + payloadLength) / 1000;
}
