/** Partition tables, as ESP-IDF reads them: of 4 MB in device/partitions.csv, and the one made from it for more flash. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { Slots, type MappedFlash } from "../../device/update/slots.js";
import { loamRoot } from "../lib/paths.js";
import { boardOf, isBoard } from "./boards.js";

export interface Partition {
  name: string;
  type: string;
  subtype: string;
  /** Bytes. */
  offset: number;
  size: number;
}

/** Of flash, bytes: what is erased at once. */
const blockSize = 4096;
const common = "device/partitions.csv";
/** Made by `npm run generate`, for the boards with 8 MB. */
export const largeTable = "device/boards/partitions8.csv";
/** Bytes of each of its two slots for the firmware. */
const largeSlot = 0x300000;

const bytesOf = (text: string): number =>
  Number.parseInt(text) * (/k$/i.test(text) ? 1024 : /m$/i.test(text) ? 1024 * 1024 : 1);

export const parsePartitions = (text: string): Partition[] =>
  text
    .split("\n")
    .filter((line) => line.trim() !== "" && !line.startsWith("#"))
    .map((row) => {
      const [name = "", type = "", subtype = "", offset = "", size = ""] = row.split(",").map((cell) => cell.trim());
      return { name, type, subtype, offset: bytesOf(offset), size: bytesOf(size) };
    });

/** The file of the table that a firmware for this board gets, relative to loam's folder. */
export const partitionFile = (board: string | undefined): string =>
  board !== undefined && isBoard(board) && boardOf(board).flash > 4 ? largeTable : common;

export const partitionTable = (board?: string): Partition[] =>
  parsePartitions(readFileSync(path.join(loamRoot, partitionFile(board)), "utf8"));

const sizeOf = (name: string, board?: string): number => partitionTable(board).find((row) => row.name === name)!.size;

/** Bytes that a firmware's image may have: each of the two slots is as large. */
export const firmwareSlotBytes = (board?: string): number => sizeOf("ota_0", board);

/** Bytes that a package may have: as the node divides the partition `scripts`. */
export const packageSlotBytes = (board?: string): number =>
  new Slots({ byteLength: sizeOf("scripts", board), blockSize } as MappedFlash, () => new ArrayBuffer(0)).slotBytes;

/** The table with larger slots for the firmware: everything behind them follows. */
export function makeLargeTable(): string {
  const hex = (value: number): string => `0x${value.toString(16)}`;
  let at = 0;
  const rows = partitionTable().map(({ name, type, subtype, offset, size }) => {
    const from = Math.max(at, offset);
    const bytes = type === "app" ? largeSlot : size;
    at = from + bytes;
    return `${name}, ${type}, ${subtype}, ${hex(from)}, ${hex(bytes)}`;
  });
  return [`# Made from ${common} by npm run generate: 8 MB, with larger slots for the firmware.`, ...rows, ""].join(
    "\n",
  );
}
