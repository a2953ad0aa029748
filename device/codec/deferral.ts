import { bestForm, formBytes, packWindow, unpackWindow, type WindowForm } from "./compress.js";
import { checkRange, confidenceByte, openPayload, readSequence, readTime, stampBytes, writeStamp } from "./stamp.js";
import { PayloadError, type Deferral, type ReceivedDeferral } from "./types.js";

/** Lower four bits of the first byte: what follows the verdict. */
const contents = { none: 0, window8: 1, window4: 2, embedding: 3 } as const;

const verdictBytes = stampBytes + 2;
const shapeBytes = 3;

/**
 * A deferral in at most `room` bytes: the window, compressed no more than necessary, else the embedding, else the verdict alone.
 * @param room bytes that the current data rate allows (`Link.maxPayload()`); at least 9.
 */
export function encodeDeferral(deferral: Deferral, room: number): Uint8Array {
  checkRange("label", deferral.label, 255);
  if (!(room >= verdictBytes)) throw new RangeError(`a deferral needs ${verdictBytes} bytes, ${room} given`);
  const { window, embedding } = deferral;
  const form = window && bestForm(window, room - verdictBytes - shapeBytes);
  if (window && form) {
    checkRange("frames", window.frames, 255);
    checkRange("features", window.features, 255);
    const bytes = new Uint8Array(verdictBytes + shapeBytes + formBytes(window.frames, window.features, form));
    writeVerdict(bytes, form.bits === 8 ? contents.window8 : contents.window4, deferral);
    bytes[9] = window.frames;
    bytes[10] = window.features;
    bytes[11] = form.pool;
    packWindow(window, form, bytes, verdictBytes + shapeBytes);
    return bytes;
  }
  if (embedding && embedding.length > 0 && verdictBytes + embedding.length <= room) {
    const bytes = new Uint8Array(verdictBytes + embedding.length);
    writeVerdict(bytes, contents.embedding, deferral);
    bytes.set(embedding, verdictBytes);
    return bytes;
  }
  const bytes = new Uint8Array(verdictBytes);
  writeVerdict(bytes, contents.none, deferral);
  return bytes;
}

function writeVerdict(bytes: Uint8Array, content: number, deferral: Deferral): void {
  writeStamp(bytes, content, deferral);
  bytes[7] = deferral.label;
  bytes[8] = confidenceByte(deferral.confidence);
}

/** @throws PayloadError */
export function decodeDeferral(bytes: Uint8Array): ReceivedDeferral {
  openPayload(bytes, "deferral", verdictBytes);
  const verdict = {
    sequence: readSequence(bytes),
    time: readTime(bytes),
    label: bytes[7]!,
    confidence: bytes[8]! / 255,
  };
  const content = bytes[0]! & 15;
  if (content === contents.none) {
    if (bytes.length !== verdictBytes)
      throw new PayloadError(`deferral: ${bytes.length} bytes, ${verdictBytes} expected`);
    return { ...verdict, content: "none" };
  }
  if (content === contents.embedding) {
    if (bytes.length === verdictBytes) throw new PayloadError("deferral: an embedding of 0 bytes");
    return { ...verdict, content: "embedding", embedding: Int8Array.from(bytes.subarray(verdictBytes)) };
  }
  if (content !== contents.window8 && content !== contents.window4)
    throw new PayloadError(`deferral: unknown content ${content}`);
  openPayload(bytes, "deferral", verdictBytes + shapeBytes);
  const [frames, features, pool] = [bytes[9]!, bytes[10]!, bytes[11]!];
  if (!frames || !features || !pool || pool > frames)
    throw new PayloadError(`deferral: a window of ${frames} frames, ${features} features, ${pool} pooled`);
  const form: WindowForm = { pool, bits: content === contents.window8 ? 8 : 4 };
  const length = verdictBytes + shapeBytes + formBytes(frames, features, form);
  if (bytes.length !== length) throw new PayloadError(`deferral: ${bytes.length} bytes, ${length} expected`);
  const data = unpackWindow(bytes, verdictBytes + shapeBytes, frames, features, form);
  return { ...verdict, content: "window", ...form, window: { frames, features, data } };
}
