import { checkRange, openPayload, readSequence, readTime, stampBytes, writeStamp } from "./stamp.js";
import { PayloadError, type AppMessage } from "./types.js";
import { decodeUtf8, encodeUtf8 } from "./utf8.js";

/** With the stamp they fit the slowest data rate of every region, but for US915's DR0, as soon as the network allows more than that. */
export const mostAppValues = 8;
export const mostAppBytes = 40;

/** Lower half of the first byte. */
const kinds = { values: 0, text: 1 } as const;
const valueBytes = 4;

/** What an app script sends: float32 numbers, or a text in UTF-8. @throws RangeError for too many */
export function encodeAppMessage({ values, text, ...stamp }: AppMessage): Uint8Array {
  const body = values ? encodeValues(values) : encodeUtf8(text ?? "");
  if (!values) checkRange("bytes of text - 1", body.length - 1, mostAppBytes - 1);
  const bytes = new Uint8Array(stampBytes + body.length);
  writeStamp(bytes, values ? kinds.values : kinds.text, stamp);
  bytes.set(body, stampBytes);
  return bytes;
}

function encodeValues(values: readonly number[]): Uint8Array {
  checkRange("number of values - 1", values.length - 1, mostAppValues - 1);
  const bytes = new Uint8Array(valueBytes * values.length);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < values.length; i++) view.setFloat32(valueBytes * i, values[i]!);
  return bytes;
}

/** @throws PayloadError */
export function decodeAppMessage(bytes: Uint8Array): AppMessage {
  openPayload(bytes, "app message", stampBytes + 1);
  const stamp = { sequence: readSequence(bytes), time: readTime(bytes) };
  const body = bytes.slice(stampBytes);
  const kind = bytes[0]! & 15;
  if (kind === kinds.text) {
    const text = decodeUtf8(body);
    if (text === undefined) throw new PayloadError("app message: its text is not UTF-8");
    return { ...stamp, text };
  }
  if (kind !== kinds.values) throw new PayloadError(`app message: unknown kind ${kind}`);
  if (body.length % valueBytes !== 0)
    throw new PayloadError(`app message: ${body.length} bytes are not a whole number of values`);
  const view = new DataView(body.buffer, body.byteOffset);
  const values: number[] = [];
  for (let at = 0; at < body.length; at += valueBytes) values.push(view.getFloat32(at));
  return { ...stamp, values };
}
