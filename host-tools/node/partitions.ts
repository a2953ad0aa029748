/** Partition tables, as ESP-IDF reads them: of 4 MB in device/partitions.csv, and those made from it, for more flash and for debugging. */
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
/** Made by `npm run generate`, for debug builds for 4 MB: one slot for the firmware. */
export const debugTable = "device/partitionsDebug.csv";
/** Bytes of each of the two slots for the firmware in 8 MB. */
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
export function partitionFile(board: string | undefined, isDebug = false): string {
  if (board !== undefined && isBoard(board) && boardOf(board).flash > 4) return largeTable;
  return isDebug ? debugTable : common;
}

export const partitionTable = (board?: string, isDebug = false): Partition[] =>
  parsePartitions(readFileSync(path.join(loamRoot, partitionFile(board, isDebug)), "utf8"));

const sizeOf = (name: string, board?: string): number => partitionTable(board).find((row) => row.name === name)!.size;

/** Bytes that a firmware's image may have: each of the two slots is as large. */
export const firmwareSlotBytes = (board?: string, isDebug = false): number =>
  partitionTable(board, isDebug).find(({ type }) => type === "app")!.size;

/** Bytes that a package may have: as the node divides the partition `scripts`. */
export const packageSlotBytes = (board?: string): number =>
  new Slots({ byteLength: sizeOf("scripts", board), blockSize } as MappedFlash, () => new ArrayBuffer(0)).slotBytes;

const hex = (value: number): string => `0x${value.toString(16)}`;
const rowOf = ({ name, type, subtype, offset, size }: Partition): string =>
  `${name}, ${type}, ${subtype}, ${hex(offset)}, ${hex(size)}`;

/** The table with one slot for the firmware in the place of two: everything else stays where it is. */
export function makeDebugTable(): string {
  const rows = partitionTable().filter(({ subtype }) => subtype !== "ota" && subtype !== "ota_1");
  const size = 2 * firmwareSlotBytes();
  const one = rows.map((row) => (row.type === "app" ? { ...row, name: "factory", subtype: "factory", size } : row));
  return [
    `# Made from ${common} by npm run generate: for debug builds, one slot for the firmware.`,
    ...one.map(rowOf),
    "",
  ].join("\n");
}

/** The table with larger slots for the firmware: everything behind them follows. */
export function makeLargeTable(): string {
  let at = 0;
  const rows = partitionTable().map(({ name, type, subtype, offset, size }) => {
    const from = Math.max(at, offset);
    const bytes = type === "app" ? largeSlot : size;
    at = from + bytes;
    return rowOf({ name, type, subtype, offset: from, size: bytes });
  });
  return [`# Made from ${common} by npm run generate: 8 MB, with larger slots for the firmware.`, ...rows, ""].join(
    "\n",
  );
}
