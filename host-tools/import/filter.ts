/** What a board's drivers do to a signal, which the import does too: a network that learns from other signals fails in the field. */
import * as lis3dh from "../../device/sensors/field/lis3dhConstants.js";
import type { Sensor } from "../node/schema/node.js";
import type { Clock } from "./clock.js";

/** Of the output data rate: the high-pass filter's cutoff (-3 dB) with HPCF = 10 (lis3dhConstants.ts). */
const cutoffShare = 1 / 200;

/** Cutoff of the high-pass filter that the board has for this sensor, Hz; undefined: none. */
export function highPassOf({ hardware, rate }: Pick<Sensor, "hardware" | "rate">): number | undefined {
  if (hardware?.chip !== "lis3dh" || !hardware.highPass) return undefined;
  const [output] = lis3dh.outputRates.find(([hz]) => hz >= rate) ?? lis3dh.outputRates.at(-1)!;
  return output * cutoffShare;
}

/** A first-order high-pass filter, which begins at rest as the chip's does after its reference was read. @param cutoff Hz */
export function highPass(
  { rate, ticks }: Pick<Clock, "rate" | "ticks">,
  values: Float64Array,
  cutoff: number,
): Float64Array {
  const decay = Math.exp((-2 * Math.PI * cutoff) / rate);
  const out = new Float64Array(values.length);
  for (let i = 1; i < values.length; i++)
    out[i] = decay ** (ticks[i]! - ticks[i - 1]!) * (out[i - 1]! + values[i]! - values[i - 1]!);
  return out;
}
