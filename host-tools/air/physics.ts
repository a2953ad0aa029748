import type { AirPacket, Position, Signal } from "./types.js";

/** dB of signal over noise below which a spreading factor cannot be demodulated (SX1276 data sheet, table 13). */
export function snrFloor(sf: number): number {
  return -2.5 * (sf - 4);
}

/** dBm of thermal noise in a bandwidth, with a noise figure of 6 dB. */
function noiseFloor(bandwidth: number): number {
  return -174 + 6 + 10 * Math.log10(bandwidth);
}

/**
 * dB that a signal of one spreading factor (row, 7..12) must have over an interferer of another (column) to survive:
 * Goursaud and Gorce, "Dedicated networks for IoT: PHY/MAC state of the art and challenges", 2015. The same spreading
 * factor: 6 dB, the capture effect.
 */
const isolation = [
  [6, -16, -18, -19, -19, -20],
  [-24, 6, -20, -22, -22, -22],
  [-27, -27, 6, -23, -25, -25],
  [-30, -30, -30, 6, -26, -28],
  [-33, -33, -33, -33, 6, -29],
  [-36, -36, -36, -36, -36, 6],
];

const row = (sf: number): number => Math.min(5, Math.max(0, sf - 7));

/** Whether two packets overlap in time on the same channel. */
function overlaps(a: AirPacket, b: AirPacket): boolean {
  return a.start < b.end && b.start < a.end && Math.abs(a.frequency - b.frequency) < (a.bandwidth + b.bandwidth) / 2;
}

/**
 * Whether `other` destroys `packet` when received at these levels. An interferer that ends five symbols before
 * the preamble's end does no harm: the rest is enough to lock (Bor et al., "Do LoRa low-power wide-area networks
 * scale?", 2016). Opposite IQ polarities are treated as orthogonal.
 */
export function destroys(other: AirPacket, otherRssi: number, packet: AirPacket, rssi: number): boolean {
  if (other.invertIQ !== packet.invertIQ || !overlaps(other, packet)) return false;
  const symbol = (2 ** packet.sf / packet.bandwidth) * 1e6;
  const critical = packet.start + Math.max(0, packet.preamble - 5) * symbol;
  if (other.end <= critical) return false;
  const needed =
    other.bandwidth === packet.bandwidth
      ? isolation[row(packet.sf)]![row(other.sf)]!
      : isolation[row(packet.sf)]![(row(packet.sf) + 1) % 6]!;
  return rssi - otherRssi < needed;
}

/** A number in [0, 1) that depends on its arguments only, so that results do not depend on the order of events (FNV-1a, then a finalizer of MurmurHash3). */
export function draw(...parts: (string | number)[]): number {
  let hash = 0x811c9dc5;
  for (const part of parts) {
    const text = `${part}|`;
    for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  hash ^= hash >>> 16;
  return (hash >>> 0) / 2 ** 32;
}

/** A draw from the normal distribution with mean 0 and deviation 1 (Box and Muller). */
function drawNormal(...parts: (string | number)[]): number {
  return Math.sqrt(-2 * Math.log(1 - draw(...parts, "radius"))) * Math.cos(2 * Math.PI * draw(...parts, "angle"));
}

/**
 * Log-distance path loss with shadowing that is fixed for a pair of stations: 128.95 dB at 1 km, exponent 2.32,
 * deviation 7.8 dB, measured on land at 868 MHz (Petäjäjärvi et al., "On the coverage of LPWANs", 2015).
 */
export function logDistanceLoss(seed: number): (from: Position, to: Position, link: string) => number {
  return (from, to, link) => {
    const metres = Math.max(1, Math.hypot(from.x - to.x, from.y - to.y));
    return 128.95 + 23.2 * Math.log10(metres / 1000) + 7.8 * drawNormal(seed, "shadow", link);
  };
}

export function signalOf(packet: AirPacket, pathLoss: number): Signal {
  const rssi = packet.power - pathLoss;
  return { rssi, snr: rssi - noiseFloor(packet.bandwidth) };
}
