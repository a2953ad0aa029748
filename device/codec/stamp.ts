import { PayloadError, payloadVersion, type Stamp } from "./types.js";

/** Bytes of the version, the sequence number and the time. */
export const stampBytes = 7;

export function writeStamp(bytes: Uint8Array, low: number, stamp: Stamp): void {
  checkRange("sequence", stamp.sequence, 0xffff);
  checkRange("time", stamp.time, 0xffffffff);
  bytes[0] = (payloadVersion << 4) | low;
  writeSequence(bytes, stamp.sequence);
  writeTime(bytes, stamp.time);
}

/** Overwrites a payload's sequence number. */
export function writeSequence(bytes: Uint8Array, sequence: number): void {
  bytes[1] = sequence >> 8;
  bytes[2] = sequence;
}

/** Overwrites a payload's time. */
export function writeTime(bytes: Uint8Array, time: number): void {
  bytes[3] = time >>> 24;
  bytes[4] = time >>> 16;
  bytes[5] = time >>> 8;
  bytes[6] = time;
}

/** Checks version and minimum length. */
export function openPayload(bytes: Uint8Array, what: string, least: number): void {
  if (bytes.length < least) throw new PayloadError(`${what}: ${bytes.length} bytes, at least ${least} expected`);
  const version = bytes[0]! >> 4;
  if (version !== payloadVersion)
    throw new PayloadError(`${what}: version ${version}, this codec reads version ${payloadVersion}`);
}

export function readSequence(bytes: Uint8Array): number {
  return (bytes[1]! << 8) | bytes[2]!;
}

export function readTime(bytes: Uint8Array): number {
  return ((bytes[3]! << 24) | (bytes[4]! << 16) | (bytes[5]! << 8) | bytes[6]!) >>> 0;
}

/** @throws RangeError unless `value` is an integer from 0 to `most`. */
export function checkRange(name: string, value: number, most: number): void {
  if (!(Number.isInteger(value) && value >= 0 && value <= most))
    throw new RangeError(`${name} ${value}: an integer from 0 to ${most} expected`);
}

/** 0..1 to a byte. @throws RangeError outside. */
export function confidenceByte(confidence: number): number {
  if (!(confidence >= 0 && confidence <= 1))
    throw new RangeError(`confidence ${confidence}: a number from 0 to 1 expected`);
  return Math.round(confidence * 255);
}
