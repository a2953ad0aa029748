/**
 * Frames on a line of bytes: 0, then kind, number, content and CRC-32 without a 0 in them (COBS), then 0. Text between frames, as a log writes it, is passed over. Pure:
 * the node and the tools use the same.
 */

/** Bytes of a frame on the line. The ESP32's UART holds 128: a request waits there while the node does something else, and nothing of it is lost. */
export const maxFrame = 120;
const headBytes = 2;
const checkBytes = 4;
/** The two zeros, and what COBS adds. */
const maxBody = maxFrame - 3;
export const maxContent = maxBody - headBytes - checkBytes;

export interface Frame {
  kind: number;
  /** Of the request: its answer has the same. */
  number: number;
  content: Uint8Array;
}

/** CRC-32 (IEEE 802.3). */
export type Checksum = (bytes: Uint8Array) => number;

/** @throws RangeError for content that is too long */
export function encodeFrame({ kind, number, content }: Frame, checksum: Checksum): Uint8Array {
  if (content.length > maxContent)
    throw new RangeError(`frame: ${content.length} bytes of content, at most ${maxContent}`);
  const body = new Uint8Array(headBytes + content.length + checkBytes);
  body[0] = kind;
  body[1] = number;
  body.set(content, headBytes);
  const end = body.length - checkBytes;
  const check = checksum(body.subarray(0, end));
  for (let i = 0; i < checkBytes; i++) body[end + i] = check >>> (8 * i);
  const frame = new Uint8Array(body.length + 3);
  // Each run without a 0 begins with its length + 1.
  let run = 1;
  for (let i = 0; i < body.length; i++) {
    frame[i + 2] = body[i]!;
    if (body[i] !== 0) continue;
    frame[run] = i + 2 - run;
    run = i + 2;
  }
  frame[run] = body.length + 2 - run;
  return frame;
}

/** In place. @returns the length of what was encoded; 0: it is no COBS */
function decodeRuns(bytes: Uint8Array, length: number): number {
  let to = 0;
  for (let at = 0; at < length;) {
    const end = at + bytes[at]!;
    if (end > length) return 0;
    while (++at < end) bytes[to++] = bytes[at]!;
    if (at < length) bytes[to++] = 0;
  }
  return to;
}

/** Finds frames in what comes, in pieces of any length. What is damaged, too long, or no frame is left out. */
export class FrameReader {
  readonly #checksum: Checksum;
  readonly #bytes = new Uint8Array(maxBody + 1);
  /** More than fits: no frame. */
  #length = 0;

  constructor(checksum: Checksum) {
    this.#checksum = checksum;
  }

  /** @param onFrame is called with each frame that ends in them */
  push(bytes: Uint8Array, onFrame: (frame: Frame) => void): void {
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i]!;
      if (byte !== 0) {
        if (this.#length < this.#bytes.length) this.#bytes[this.#length] = byte;
        this.#length++;
        continue;
      }
      const length = this.#length;
      this.#length = 0;
      const frame = length > this.#bytes.length ? undefined : this.#decode(length);
      if (frame) onFrame(frame);
    }
  }

  #decode(encoded: number): Frame | undefined {
    const bytes = this.#bytes;
    const end = decodeRuns(bytes, encoded) - checkBytes;
    if (end < headBytes) return undefined;
    let check = 0;
    for (let i = checkBytes - 1; i >= 0; i--) check = (check << 8) | bytes[end + i]!;
    if ((this.#checksum(bytes.subarray(0, end)) | 0) !== check) return undefined;
    return { kind: bytes[0]!, number: bytes[1]!, content: bytes.slice(headBytes, end) };
  }
}
