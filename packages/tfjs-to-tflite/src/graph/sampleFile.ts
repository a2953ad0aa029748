import path from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import { UserError } from "../lib/errors.js";
import { readUserFile } from "../lib/files.js";
import { textOf } from "../lib/text.js";

/** An array file: its numbers, and its shape where the format has one. */
export interface ArrayFile {
  data: Float32Array;
  shape?: number[];
}

type Numbers = (bytes: ArrayBuffer) => ArrayLike<number>;
const npyTypes: Record<string, Numbers> = {
  "<f4": (bytes) => new Float32Array(bytes),
  "<f8": (bytes) => new Float64Array(bytes),
  "|i1": (bytes) => new Int8Array(bytes),
  "|u1": (bytes) => new Uint8Array(bytes),
  "<i2": (bytes) => new Int16Array(bytes),
  "<i4": (bytes) => new Int32Array(bytes),
  "<u2": (bytes) => new Uint16Array(bytes),
  "<u4": (bytes) => new Uint32Array(bytes),
  "|b1": (bytes) => new Uint8Array(bytes),
  "<i8": (bytes) => Array.from(new BigInt64Array(bytes), Number),
};

/** NumPy's format, version 1 to 3, little-endian, C order (numpy.lib.format). */
function parseNpy(file: string, bytes: Buffer): ArrayFile {
  if (bytes.subarray(0, 6).toString("latin1") !== "\x93NUMPY")
    throw new UserError(`${file} is not a .npy file, which begins with the bytes 93 "NUMPY"`);
  const [start, length] = bytes[6] === 1 ? [10, bytes.readUInt16LE(8)] : [12, bytes.readUInt32LE(8)];
  const header = bytes.subarray(start, start + length).toString("latin1");
  const type = /'descr':\s*'([^']+)'/.exec(header)?.[1] ?? "?";
  const shape = (/'shape':\s*\(([^)]*)\)/.exec(header)?.[1] ?? "")
    .split(",")
    .filter((part) => part.trim() !== "")
    .map(Number);
  const read = npyTypes[type];
  if (!read)
    throw new UserError(
      `${file} holds numbers of type ${type}; expected one of ${Object.keys(npyTypes).join(", ")} (numpy.float32 is <f4)`,
    );
  if (/'fortran_order':\s*True/.test(header))
    throw new UserError(`${file} is in Fortran order; save numpy.ascontiguousarray(...)`);
  const body = bytes.buffer.slice(bytes.byteOffset + start + length, bytes.byteOffset + bytes.length) as ArrayBuffer;
  const count = shape.reduce((product, n) => product * n, 1);
  const width = Number(type.slice(2));
  if (body.byteLength !== count * width)
    throw new UserError(
      `${file} declares ${count} numbers of ${width} bytes, but ${body.byteLength} bytes follow its header`,
    );
  return { data: Float32Array.from(read(body)), shape };
}

/** Encodes numbers as a .npy file of float32, version 1. */
export function npyOf(shape: readonly number[], data: Float32Array): Buffer {
  const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape.map((n) => `${n},`).join("")}), }`;
  // The data begins on a multiple of 64; the header ends with a line feed.
  const padded = header.padEnd(Math.ceil((header.length + 11) / 64) * 64 - 11) + "\n";
  const start = Buffer.from("\x93NUMPY\x01\0\0\0", "latin1");
  start.writeUInt16LE(padded.length, 8);
  return Buffer.concat([
    start,
    Buffer.from(padded, "latin1"),
    new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  ]);
}

function parseJson(file: string, bytes: Buffer): unknown {
  try {
    return JSON.parse(textOf(bytes, file));
  } catch (error) {
    throw new UserError(`${file} is not JSON: ${(error as Error).message}`);
  }
}

function flatten(file: string, value: unknown, into: number[]): number[] {
  if (Array.isArray(value)) for (const item of value) flatten(file, item, into);
  else if (typeof value === "number") into.push(value);
  else throw new UserError(`${file} holds ${JSON.stringify(value).slice(0, 40)} where a number or a list is expected`);
  return into;
}

/** One sample per row, comma-separated; the first row may be a header. */
function parseCsv(file: string, bytes: Buffer): ArrayFile {
  const rows = textOf(bytes, file)
    .split(/\r?\n/)
    .map((line, i) => ({ line: i + 1, cells: line.split(",").map((cell) => cell.trim()) }))
    .filter(({ cells }) => cells.some((cell) => cell !== ""));
  const isNumber = (cell: string): boolean => cell !== "" && Number.isFinite(Number(cell));
  if (rows[0]?.cells.every((cell) => !isNumber(cell))) rows.shift();
  for (const { line, cells } of rows) {
    if (cells.length !== rows[0]!.cells.length)
      throw new UserError(
        `${file}:${line}: ${cells.length} columns, but the rows before have ${rows[0]!.cells.length}`,
      );
    const wrong = cells.findIndex((cell) => !isNumber(cell));
    if (wrong >= 0)
      throw new UserError(`${file}:${line}: column ${wrong + 1}: "${cells[wrong]!.slice(0, 40)}" is not a number`);
  }
  return {
    data: Float32Array.from(
      rows.flatMap(({ cells }) => cells),
      Number,
    ),
  };
}

/** Signatures of files that are not raw samples. */
const notRaw = /^\.(npz|txt|tsv|h5|png|jpe?g|wav|zip|mat|pkl|parquet|arrow)$/;

function parseRaw(file: string, bytes: Buffer): ArrayFile {
  if (bytes.length % 4 !== 0)
    throw new UserError(`${file} has ${bytes.length} bytes; raw float32 samples have 4 bytes per number`);
  return { data: new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length)) };
}

/**
 * Numbers from a file: .npy (NumPy), .json (nested lists), .csv (one sample per row) or raw little-endian float32.
 * @throws UserError naming the file and what is wrong with it.
 */
export async function readArrayFile(file: string): Promise<ArrayFile> {
  const bytes = await readUserFile(file, "the samples");
  const extension = path.extname(file).toLowerCase();
  if (extension === ".npy") return parseNpy(file, bytes);
  if (extension === ".json") return { data: Float32Array.from(flatten(file, parseJson(file, bytes), [])) };
  if (extension === ".csv") return parseCsv(file, bytes);
  if (notRaw.test(extension))
    throw new UserError(
      `${file}: samples must be .npy, .json (nested lists), .csv (one sample per row), or raw little-endian float32 with another ending, such as .f32`,
    );
  return parseRaw(file, bytes);
}

/** Samples for convertModel, one file per input. A .npy has a shape, which is checked. */
export async function readSamples(files: readonly string[]): Promise<(tf.Tensor | Float32Array)[]> {
  const arrays = await Promise.all(files.map(readArrayFile));
  return arrays.map(({ data, shape }) => (shape ? tf.tensor(data, shape) : data));
}
