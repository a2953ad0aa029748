import { checkRange, openPayload, readSequence } from "./stamp.js";
import { PayloadError, payloadVersion } from "./types.js";

/** Bytes before the bitmap. */
export const receivedHead = 3;
/** Bytes of the longest bitmap. */
export const mostMapBytes = 32;

/** Bytes of the shortest acknowledgement. */
const minBytes = receivedHead + 1;
/** Payloads that the cloud has: what an acknowledgement names. */
export interface Received {
  /** Sequence number that the bitmap begins with. */
  first: number;
  /** Bit i of byte j: the payload with the sequence number first + 8 j + i. */
  map: Uint8Array;
}

/** @param sequence of which the lower 16 bits count */
export function isReceived({ first, map }: Received, sequence: number): boolean {
  const at = (sequence - first) & 0xffff;
  return at < 8 * map.length && ((map[at >> 3]! >> (at & 7)) & 1) === 1;
}

/** @throws RangeError */
export function encodeReceived({ first, map }: Received): Uint8Array {
  checkRange("sequence", first, 0xffff);
  checkRange("length of the bitmap", map.length - 1, mostMapBytes - 1);
  const bytes = new Uint8Array(receivedHead + map.length);
  bytes[0] = payloadVersion << 4;
  bytes[1] = first >> 8;
  bytes[2] = first;
  bytes.set(map, receivedHead);
  return bytes;
}

/** @throws PayloadError */
export function decodeReceived(bytes: Uint8Array): Received {
  openPayload(bytes, "acknowledgement", minBytes);
  if (bytes[0]! & 15) throw new PayloadError(`acknowledgement: unknown flags ${bytes[0]! & 15}`);
  const most = receivedHead + mostMapBytes;
  if (bytes.length > most) throw new PayloadError(`acknowledgement: ${bytes.length} bytes, at most ${most} expected`);
  return { first: readSequence(bytes), map: bytes.slice(receivedHead) };
}
