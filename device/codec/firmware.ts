/** Signed firmware: docs/packages.md shows each byte. Numbers are little-endian. Pure, used by the node and by the tools. */
import { versionParts } from "./health.js";
import { maxNameBytes, signatureBytes } from "./package.js";
import { checkRange } from "./stamp.js";
import { PackageError } from "./update.js";
import { decodeUtf8, encodeUtf8 } from "./utf8.js";

export const firmwareFormat = 1;

/** Those in the headers of ESP-IDF's images. */
export const chipIds = { esp32: 0, esp32c3: 5, esp32s3: 9 } as const;
export type FirmwareChip = keyof typeof chipIds;

/** What stands before the image. */
export interface FirmwareHead {
  /** Increases from firmware to firmware of a node. */
  sequence: number;
  /** Of ESP-IDF. */
  chip: number;
  /** As in the node description; "": none. */
  board: string;
  /** "1.2.3" */
  version: string;
  name: string;
}

export interface ReadFirmwareHead extends FirmwareHead {
  /** Of the whole file, of the head, and of the image. */
  bytes: number;
  headBytes: number;
  imageBytes: number;
}

/** Without the two names. */
export const shortestHead = 19;

/** @throws RangeError for what does not fit */
export function encodeFirmwareHead(head: FirmwareHead, imageBytes: number): Uint8Array<ArrayBuffer> {
  const board = encodeUtf8(head.board);
  const name = encodeUtf8(head.name);
  checkRange("sequence", head.sequence, 0xffffffff);
  checkRange("chip", head.chip, 0xffff);
  checkRange("board's length", board.length, maxNameBytes);
  checkRange("name's length", name.length, maxNameBytes);
  const bytes = new Uint8Array(shortestHead + board.length + name.length);
  const view = new DataView(bytes.buffer);
  bytes.set([0x4c, 0x46, firmwareFormat, 0]);
  view.setUint32(4, bytes.length + imageBytes + signatureBytes, true);
  view.setUint32(8, head.sequence, true);
  view.setUint16(12, head.chip, true);
  bytes.set(versionParts(head.version), 14);
  bytes[17] = board.length;
  bytes[18] = name.length;
  bytes.set(board, shortestHead);
  bytes.set(name, shortestHead + board.length);
  return bytes;
}

/** Bytes of the head, as far as they are known from its beginning. */
export const headBytesOf = (bytes: Uint8Array): number =>
  bytes.length < shortestHead ? shortestHead : shortestHead + bytes[17]! + bytes[18]!;

/** @param total bytes of the file @throws PackageError for anything that `encodeFirmwareHead` does not make */
export function readFirmwareHead(bytes: Uint8Array, total: number): ReadFirmwareHead {
  const headBytes = headBytesOf(bytes);
  if (bytes.length < headBytes || total < headBytes + signatureBytes)
    throw new PackageError("wrong length", `${total} bytes, at least ${headBytes + signatureBytes} expected`);
  if (bytes[0] !== 0x4c || bytes[1] !== 0x46) throw new PackageError("malformed", "it does not start with LF");
  if (bytes[2] !== firmwareFormat)
    throw new PackageError("unknown format", `format ${bytes[2]}, this is format ${firmwareFormat}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, headBytes);
  const length = view.getUint32(4, true);
  if (length !== total) throw new PackageError("wrong length", `${total} bytes, it says that it has ${length}`);
  const at = shortestHead + bytes[17]!;
  const board = bytes[17]! <= maxNameBytes ? decodeUtf8(bytes.slice(shortestHead, at)) : undefined;
  const name = bytes[18]! <= maxNameBytes ? decodeUtf8(bytes.slice(at, headBytes)) : undefined;
  if (bytes[3] !== 0 || board === undefined || name === undefined)
    throw new PackageError("malformed", "flags, board or name");
  return {
    bytes: total,
    headBytes,
    imageBytes: total - headBytes - signatureBytes,
    sequence: view.getUint32(8, true),
    chip: view.getUint16(12, true),
    board,
    version: `${bytes[14]}.${bytes[15]}.${bytes[16]}`,
    name,
  };
}
