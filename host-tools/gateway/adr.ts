import type { Region } from "../../device/lorawan/regions/regions.js";
import type { Device } from "./device.js";

/** SNR in dB that a spreading factor requires (Semtech, SX1276 data sheet, table 13). */
const requiredSnr: Readonly<Record<number, number>> = { 7: -7.5, 8: -10, 9: -12.5, 10: -15, 11: -17.5, 12: -20 };
/** Installation margin, dB. */
const usualMargin = 10;
/** Frames that are evaluated. */
const history = 20;
const leastHistory = 8;

/** Adds a frame to the device's history. */
export function observe(device: Device, counter: number, snr: number): void {
  device.snrs.push(snr);
  device.counters.push(counter);
  if (device.snrs.length > history) {
    device.snrs.shift();
    device.counters.shift();
  }
}

/**
 * Semtech's ADR: each 3 dB above the required SNR plus the margin is a step, used for data rate first and then for power; steps
 * below zero raise the power again. Lost frames ask for a higher NbTrans.
 * @returns the LinkADRReq to send, one or several that count as one, undefined when nothing should change or too few frames were received
 */
export function adrRequest(
  device: Device,
  region: Region,
  dataRate: number,
  { wanted, margin = usualMargin }: { wanted: boolean; margin?: number | undefined },
): Buffer | undefined {
  if (device.snrs.length < leastHistory && !wanted) return undefined;
  const fastest = region.uplinkRates[1] > 5 ? 5 : region.uplinkRates[1];
  const sf = region.dataRates[dataRate]![0];
  let steps = Math.trunc((Math.max(...device.snrs) - requiredSnr[sf]! - margin) / 3);
  let rate = dataRate;
  let power = device.power;
  for (; steps > 0 && rate < fastest; steps--) rate++;
  for (; steps > 0 && power < region.maxTxPower; steps--) power++;
  for (; steps < 0 && power > 0; steps++) power--;
  const nbTrans = wantedNbTrans(device);
  if (rate === dataRate && power === device.power && nbTrans === device.nbTrans) return undefined;
  return Buffer.from(
    channelMasks(device, region).flatMap(([control, mask]) => [
      0x03,
      (rate << 4) | power,
      mask & 0xff,
      mask >> 8,
      (control << 4) | nbTrans,
    ]),
  );
}

/** ChMaskCntl and ChMask of the requests: all channels that are defined, a fixed plan's 500 kHz ones included; or those of few sub-bands, by a bit each, or else by words after all are off. */
function channelMasks({ subBands, session }: Device, { fixed }: Region): [control: number, mask: number][] {
  const masks = fixed?.[session?.parameters.plan ?? 0]?.masks;
  if (!masks) return [[6, 0xffff]];
  if (!isNarrow(subBands)) return [[masks.on, 0x00ff]];
  if (masks.banks !== undefined) return [[masks.banks, subBands]];
  const words = [0, 1, 2, 3].map((word): [number, number] => {
    const pair = (subBands >> (2 * word)) & 3;
    return [word, (pair & 1 ? 0x00ff : 0) | (pair & 2 ? 0xff00 : 0)];
  });
  return [[masks.off, 0], ...words.filter(([, mask]) => mask !== 0)];
}

/** One or two sub-bands: what gateways of eight or sixteen channels hear. A node on all channels is heard in more of them within a few frames where the gateways hear all. */
function isNarrow(subBands: number): boolean {
  const rest = subBands & (subBands - 1);
  return subBands !== 0 && (rest & (rest - 1)) === 0;
}

/** NbTrans by the share of frames lost (Semtech's table). */
function wantedNbTrans(device: Device): number {
  const { counters, nbTrans } = device;
  if (counters.length < history) return nbTrans;
  const span = counters.at(-1)! - counters[0]! + 1;
  // A gap of a whole reserved block is a reset, not a loss.
  const lost = span - counters.length;
  if (lost >= 32) return nbTrans;
  const share = lost / span;
  if (share < 0.05) return Math.max(1, nbTrans - 1);
  if (share < 0.1) return nbTrans;
  return Math.min(3, nbTrans + 1);
}

/** TXPower in a LinkADRReq that leaves it unchanged. */
const unchanged = 15;

/**
 * Applies a LinkADRAns to adjacent LinkADRReq, of which the last counts. After a refusal the same request is not sent again before some more
 * frames were received.
 */
export function adrAnswered(device: Device, request: Uint8Array, status: number): void {
  device.snrs.length = 0;
  device.counters.length = 0;
  if (status !== 7) return;
  const last = request.subarray(-5);
  const power = last[1]! & 15;
  if (power !== unchanged) device.power = power;
  device.nbTrans = last[4]! & 15 || 1;
}
