import { checkRange, openPayload } from "./stamp.js";
import { PayloadError, payloadVersion } from "./types.js";

const headBytes = 5;

/** Part of a package that is small enough for some downlinks: it has no redundancy, each must arrive. */
export interface PackagePart {
  /** Bytes of the package. */
  total: number;
  /** Of this part in it. Parts come in their order; 0 begins a package. */
  offset: number;
  data: Uint8Array;
}

/** Downlinks of at most `room` bytes for a package. @throws RangeError for a package of more than 65,535 bytes */
export function encodePackageParts(bytes: Uint8Array, room: number): Uint8Array[] {
  checkRange("package's bytes", bytes.length, 0xffff);
  checkRange("room - 6", room - headBytes - 1, 0xffff);
  const parts: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += room - headBytes) {
    const data = bytes.subarray(at, at + room - headBytes);
    const part = new Uint8Array(headBytes + data.length);
    part.set([payloadVersion << 4, bytes.length >> 8, bytes.length & 255, at >> 8, at & 255]);
    part.set(data, headBytes);
    parts.push(part);
  }
  return parts;
}

/** @throws PayloadError */
export function decodePackagePart(bytes: Uint8Array): PackagePart {
  openPayload(bytes, "package part", headBytes + 1);
  if (bytes[0]! & 15) throw new PayloadError(`package part: unknown flags ${bytes[0]! & 15}`);
  const total = (bytes[1]! << 8) | bytes[2]!;
  const offset = (bytes[3]! << 8) | bytes[4]!;
  const data = bytes.slice(headBytes);
  if (offset + data.length > total)
    throw new PayloadError(`package part: ${data.length} bytes at ${offset} of ${total}`);
  return { total, offset, data };
}
