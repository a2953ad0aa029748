/** Zip archives (PKWARE's APPNOTE 6.3): written behind other bytes, uncompressed, as TensorFlow Lite's metadata has them; read wherever they begin. */
import { joined } from "./bytes.js";

export interface ZipEntry {
  name: string;
  data: Uint8Array;
}

const localSignature = 0x04034b50;
const centralSignature = 0x02014b50;
const endSignature = 0x06054b50;
const [localBytes, centralBytes, endBytes] = [30, 46, 22];
const version = 20;
/** Names are UTF-8. */
const utf8Flag = 0x0800;
/** 1980-01-01, the earliest there is: equal contents make equal bytes. */
const earliestDate = 0x0021;

const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1;
  return rest;
});

/** CRC-32 of IEEE 802.3. */
const crc32 = (data: Uint8Array): number =>
  ~data.reduce((crc, byte) => (crc >>> 8) ^ crcTable[(crc ^ byte) & 0xff]!, ~0) >>> 0;

type Field = readonly [value: number, bytes: 2 | 4];

function record(fields: readonly Field[], ...more: Uint8Array[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(fields.reduce((sum, [, bytes]) => sum + bytes, 0)));
  fields.reduce((at, [value, bytes]) => {
    if (bytes === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
    return at + bytes;
  }, 0);
  return joined([new Uint8Array(view.buffer), ...more]);
}

/** The bytes with an archive behind them, whose offsets count from the first of all bytes, as Python's zipfile appends. */
export function withZip(bytes: Uint8Array, entries: readonly ZipEntry[]): Uint8Array {
  const parts: Uint8Array[] = [bytes];
  const central: Uint8Array[] = [];
  let at = bytes.length;
  const add = (part: Uint8Array): void => {
    parts.push(part);
    at += part.length;
  };
  for (const { name, data } of entries) {
    const text = new TextEncoder().encode(name);
    const about: Field[] = [
      [version, 2],
      [utf8Flag, 2],
      [0, 2],
      [0, 2],
      [earliestDate, 2],
      [crc32(data), 4],
      [data.length, 4],
      [data.length, 4],
      [text.length, 2],
      [0, 2],
    ];
    const place: Field[] = [
      [0, 2],
      [0, 2],
      [0, 2],
      [0, 4],
      [at, 4],
    ];
    central.push(record([[centralSignature, 4], [version, 2], ...about, ...place], text));
    add(record([[localSignature, 4], ...about], text, data));
  }
  const start = at;
  central.forEach(add);
  const size = at - start;
  add(
    record([
      [endSignature, 4],
      [0, 2],
      [0, 2],
      [entries.length, 2],
      [entries.length, 2],
      [size, 4],
      [start, 4],
      [0, 2],
    ]),
  );
  return joined(parts);
}

interface Packed extends ZipEntry {
  method: number;
}

/** The files of an archive at the end of the bytes, as they are stored. None where there is none, or where it says what cannot be. */
function packedEntries(bytes: Uint8Array): Packed[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = bytes.length - endBytes;
  if (end < 0 || view.getUint32(end, true) !== endSignature) return [];
  const size = view.getUint32(end + 12, true);
  // What is before the archive counts in its offsets or does not.
  const base = end - size - view.getUint32(end + 16, true);
  const entries: Packed[] = [];
  for (let at = end - size; at >= 0 && at + centralBytes <= end;) {
    if (view.getUint32(at, true) !== centralSignature) return [];
    const [method, length] = [view.getUint16(at + 10, true), view.getUint32(at + 20, true)];
    const nameLength = view.getUint16(at + 28, true);
    const local = base + view.getUint32(at + 42, true);
    if (local < 0 || local + localBytes > end) return [];
    const name = new TextDecoder().decode(bytes.subarray(at + centralBytes, at + centralBytes + nameLength));
    const data = local + localBytes + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
    if (data + length > end) return [];
    entries.push({ name, method, data: bytes.slice(data, data + length) });
    at += centralBytes + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return entries;
}

const [stored, deflated] = [0, 8];

/** The files of an archive at the end of the bytes; those that are compressed are left out. None where there is none, or where it says what cannot be. */
export const readZip = (bytes: Uint8Array): ZipEntry[] =>
  packedEntries(bytes).flatMap(({ method, ...entry }) => (method === stored ? [entry] : []));

/** One file of an archive, compressed or not; undefined where there is none. @throws Error for another compression than deflate */
export async function readZipped(bytes: Uint8Array, wanted: string): Promise<Uint8Array | undefined> {
  const entry = packedEntries(bytes).find(({ name }) => name === wanted);
  if (!entry || entry.method === stored) return entry?.data;
  if (entry.method !== deflated) throw new Error(`${wanted} is compressed by method ${entry.method}`);
  const inflated = new Blob([entry.data as BlobPart]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return new Uint8Array(await new Response(inflated).arrayBuffer());
}
