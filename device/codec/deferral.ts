import { bestForm, formBytes, packWindow, unpackWindow, type WindowForm } from "./compress.js";
import { checkRange, confidenceByte, openPayload, readSequence, readTime, stampBytes, writeStamp } from "./stamp.js";
import { PayloadError, type Deferral, type FeatureWindow, type ReceivedDeferral } from "./types.js";

/** Lower four bits of the first byte: what follows the verdict. */
const contents = { none: 0, window8: 1, window4: 2, embedding: 3 } as const;
/** Of a window, beside its content: the sequence of the package that brought the network follows its shape, or it is the firmware's own network. */
const networkFollows = 4;
const firmwareNetwork = 8;

const verdictBytes = stampBytes + 2;
const shapeBytes = 3;
const networkBytes = 4;

/**
 * A deferral in at most `room` bytes: the window, compressed no more than necessary, else the embedding, else the verdict alone.
 * @param room bytes that the current data rate allows (`Link.maxPayload()`); at least 9.
 */
export function encodeDeferral(deferral: Deferral, room: number): Uint8Array {
  checkRange("label", deferral.label, 255);
  if (!(room >= verdictBytes)) throw new RangeError(`a deferral needs ${verdictBytes} bytes, ${room} given`);
  const { window, embedding } = deferral;
  const network = window?.network;
  const head = verdictBytes + shapeBytes + (network ? networkBytes : 0);
  const form = window && bestForm(window, room - head);
  if (window && form) {
    checkRange("frames", window.frames, 255);
    checkRange("features", window.features, 255);
    const bytes = new Uint8Array(head + formBytes(window.frames, window.features, form));
    const said = network === undefined ? 0 : network === 0 ? firmwareNetwork : networkFollows;
    writeVerdict(bytes, (form.bits === 8 ? contents.window8 : contents.window4) | said, deferral);
    bytes[9] = window.frames;
    bytes[10] = window.features;
    bytes[11] = form.pool;
    if (network) new DataView(bytes.buffer).setUint32(verdictBytes + shapeBytes, network);
    packWindow(window, form, bytes, head);
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

function readNetwork(bytes: Uint8Array): number {
  const network = new DataView(bytes.buffer, bytes.byteOffset).getUint32(verdictBytes + shapeBytes);
  if (network === 0) throw new PayloadError("deferral: the network of package 0");
  return network;
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
  const flags = bytes[0]! & 15;
  const content = flags & 3;
  const said = flags - content;
  const isWindow = content === contents.window8 || content === contents.window4;
  if (said === (networkFollows | firmwareNetwork) || (said > 0 && !isWindow))
    throw new PayloadError(`deferral: unknown content ${flags}`);
  if (content === contents.none) {
    if (bytes.length !== verdictBytes)
      throw new PayloadError(`deferral: ${bytes.length} bytes, ${verdictBytes} expected`);
    return { ...verdict, content: "none" };
  }
  if (content === contents.embedding) {
    if (bytes.length === verdictBytes) throw new PayloadError("deferral: an embedding of 0 bytes");
    return { ...verdict, content: "embedding", embedding: Int8Array.from(bytes.subarray(verdictBytes)) };
  }
  const head = verdictBytes + shapeBytes + (said === networkFollows ? networkBytes : 0);
  openPayload(bytes, "deferral", head);
  const [frames, features, pool] = [bytes[9]!, bytes[10]!, bytes[11]!];
  if (!frames || !features || !pool || pool > frames)
    throw new PayloadError(`deferral: a window of ${frames} frames, ${features} features, ${pool} pooled`);
  const form: WindowForm = { pool, bits: content === contents.window8 ? 8 : 4 };
  const length = head + formBytes(frames, features, form);
  if (bytes.length !== length) throw new PayloadError(`deferral: ${bytes.length} bytes, ${length} expected`);
  const window: FeatureWindow = { frames, features, data: unpackWindow(bytes, head, frames, features, form) };
  if (said === firmwareNetwork) window.network = 0;
  if (said === networkFollows) window.network = readNetwork(bytes);
  return { ...verdict, content: "window", ...form, window };
}
