import type { Region } from "../../device/lorawan/regions/regions.js";
import type { Device } from "./device.js";

/** SNR in dB that a spreading factor needs (Semtech, SX1276 data sheet, table 13). */
const requiredSnr: Readonly<Record<number, number>> = { 7: -7.5, 8: -10, 9: -12.5, 10: -15, 11: -17.5, 12: -20 };
/** dB kept in hand for fading. */
const margin = 10;
/** Frames to judge by. */
const history = 20;
const leastHistory = 8;

/** Takes a frame into the device's record. */
export function observe(device: Device, counter: number, snr: number): void {
  device.snrs.push(snr);
  device.counters.push(counter);
  if (device.snrs.length > history) {
    device.snrs.shift();
    device.counters.shift();
  }
}

/**
 * Semtech's ADR: each 3 dB above what the data rate needs plus the margin is a step, spent on data rate first and then on power; steps
 * missing raise the power again. Lost frames ask for more transmissions.
 * @returns the LinkADRReq to send, undefined when all is well or not enough was heard
 */
export function adrRequest(
  device: Device,
  region: Region,
  dataRate: number,
  askedFor: boolean,
  subBand?: number,
): Buffer | undefined {
  if (device.snrs.length < leastHistory && !askedFor) return undefined;
  const fastest = region.uplinkRates[1] > 5 ? 5 : region.uplinkRates[1];
  const sf = region.dataRates[dataRate]![0];
  let steps = Math.trunc((Math.max(...device.snrs) - requiredSnr[sf]! - margin) / 3);
  let rate = dataRate;
  let power = device.power;
  for (; steps > 0 && rate < fastest; steps--) rate++;
  for (; steps > 0 && power < region.maxTxPower; steps--) power++;
  for (; steps < 0 && power > 0; steps++) power--;
  const transmissions = wantedTransmissions(device);
  if (rate === dataRate && power === device.power && transmissions === device.transmissions) return undefined;
  // Channel mask control 6: all channels that are defined, the wide ones of a fixed plan included; 5: a bit a sub-band.
  const [control, mask] = region.plan === "dynamic" ? [6, 0xffff] : subBand ? [5, 1 << (subBand - 1)] : [6, 0x00ff];
  return Buffer.from([0x03, (rate << 4) | power, mask & 0xff, mask >> 8, (control << 4) | transmissions]);
}

/** NbTrans by the share of frames lost (Semtech's table). */
function wantedTransmissions(device: Device): number {
  const { counters, transmissions } = device;
  if (counters.length < history) return transmissions;
  const span = counters.at(-1)! - counters[0]! + 1;
  // A gap of a whole reserved block is a reset, not a loss.
  const lost = span - counters.length;
  if (lost >= 32) return transmissions;
  const share = lost / span;
  if (share < 0.05) return Math.max(1, transmissions - 1);
  if (share < 0.1) return transmissions;
  return Math.min(3, transmissions + 1);
}

/** The value of a LinkADRReq's power that leaves it as it is. */
const keep = 15;

/**
 * What a LinkADRAns says to a request, or to a run of them, of which the last counts. A node that refused is not asked the same again before it was
 * heard a while longer.
 */
export function adrAnswered(device: Device, request: Uint8Array, status: number): void {
  device.snrs.length = 0;
  device.counters.length = 0;
  if (status !== 7) return;
  const last = request.subarray(-5);
  const power = last[1]! & 15;
  if (power !== keep) device.power = power;
  device.transmissions = last[4]! & 15 || device.transmissions;
}
