/** Zip archives, alone or behind other bytes, as TensorFlow Lite's metadata has them. */
import { unzipSync, zipSync, type UnzipFileInfo } from "fflate";
import { joined } from "./bytes.js";

export interface ZipEntry {
  name: string;
  data: Uint8Array;
}

/** The earliest that there is: equal contents make equal bytes. */
const mtime = new Date(1980, 0, 1);
/** Of the records after the files, PKWARE's APPNOTE 6.3, 4.3.12 and 4.3.16: bytes without names, and where offsets are. */
const central = { bytes: 46, name: 28, extra: 30, comment: 32, offset: 42 };
const end = { bytes: 22, count: 10, offset: 16 };

/** The bytes with an archive of uncompressed files behind them, whose offsets count from the first of all bytes, as Python's zipfile appends. */
export function withZip(bytes: Uint8Array, entries: readonly ZipEntry[]): Uint8Array {
  const archive = zipSync(Object.fromEntries(entries.map(({ name, data }) => [name, data])), { level: 0, mtime });
  const view = new DataView(archive.buffer, archive.byteOffset, archive.byteLength);
  const last = archive.length - end.bytes;
  const move = (at: number): void => view.setUint32(at, view.getUint32(at, true) + bytes.length, true);
  let at = view.getUint32(last + end.offset, true);
  for (let left = view.getUint16(last + end.count, true); left > 0; left--) {
    move(at + central.offset);
    const more = [central.name, central.extra, central.comment].map((length) => view.getUint16(at + length, true));
    at += more.reduce((sum, length) => sum + length, central.bytes);
  }
  move(last + end.offset);
  return joined([bytes, archive]);
}

/** The files of an archive at the end of the bytes. None where there is none, or where it says what cannot be. */
function unzip(bytes: Uint8Array, filter: (file: UnzipFileInfo) => boolean): ZipEntry[] {
  try {
    return Object.entries(unzipSync(bytes, { filter })).map(([name, data]) => ({ name, data }));
  } catch {
    return [];
  }
}

const stored = 0;

/** Those that are not compressed. */
export const readZip = (bytes: Uint8Array): ZipEntry[] => unzip(bytes, ({ compression }) => compression === stored);

/** The names of an archive's files and folders; none where there is no archive. */
export function namesInZip(bytes: Uint8Array): string[] {
  const names: string[] = [];
  unzip(bytes, ({ name }) => (names.push(name), false));
  return names;
}

/** One file of an archive, compressed or not; undefined where there is none. @throws Error where it is compressed in another way than by deflate */
export function readZipped(bytes: Uint8Array, wanted: string): Uint8Array | undefined {
  return unzipSync(bytes, { filter: ({ name }) => name === wanted })[wanted];
}
