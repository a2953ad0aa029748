/** NumPy's array files (numpy.lib.format): version 1 to 3, real numbers, C order. */
import { copyOf, latin1 } from "../lib/bytes.js";
import { UserError } from "../lib/errors.js";
import type { ArraySource, FileBytes } from "./arraySource.js";

/** The numbers of an array file as float32, and its shape: [] for a single number. */
export interface NpyArray {
  data: Float32Array;
  shape: number[];
}

const magic = "\x93NUMPY";

/** A number in half precision (IEEE 754 binary16). */
function halfOf(bits: number): number {
  const [sign, exponent, fraction] = [bits & 0x8000 ? -1 : 1, (bits >> 10) & 31, bits & 1023];
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25));
}

type Numbers = (bytes: ArrayBuffer) => ArrayLike<number>;
/** By type string, for little-endian; a number of more bits than float32 has becomes the nearest one. */
const types: Record<string, Numbers> = {
  f2: (bytes) => Float32Array.from(new Uint16Array(bytes), halfOf),
  f4: (bytes) => new Float32Array(bytes),
  f8: (bytes) => new Float64Array(bytes),
  b1: (bytes) => new Uint8Array(bytes),
  i1: (bytes) => new Int8Array(bytes),
  i2: (bytes) => new Int16Array(bytes),
  i4: (bytes) => new Int32Array(bytes),
  i8: (bytes) => Array.from(new BigInt64Array(bytes), Number),
  u1: (bytes) => new Uint8Array(bytes),
  u2: (bytes) => new Uint16Array(bytes),
  u4: (bytes) => new Uint32Array(bytes),
  u8: (bytes) => Array.from(new BigUint64Array(bytes), Number),
};

/** Of the start of a file, with magic, version and length of the header. */
const fixedBytes = 12;

/** Where the header's text lies: 2 bytes of length in version 1, 4 in later ones. @throws UserError when the file ends before it does */
function headerAt({ name, size }: Pick<FileBytes, "name" | "size">, start: Uint8Array): { from: number; to: number } {
  if (latin1(start, 0, 6) !== magic)
    throw new UserError(`${name} is not a .npy file, which begins with the bytes 93 "NUMPY"`);
  const version = start[6] ?? 0;
  if (version < 1 || version > 3)
    throw new UserError(`${name} is a .npy file of version ${version}; 1, 2 or 3 is expected`);
  const from = version === 1 ? 10 : 12;
  const view = new DataView(start.buffer, start.byteOffset, start.length);
  const to = size < from ? Infinity : from + (version === 1 ? view.getUint16(8, true) : view.getUint32(8, true));
  if (to > size) throw new UserError(`${name} ends within its header: it has ${size} bytes`);
  return { from, to };
}

interface Header {
  shape: number[];
  /** Of all numbers, and of one in bytes. */
  count: number;
  width: number;
  /** Of bytes that no others share. */
  numbersOf(bytes: ArrayBuffer): Float32Array;
}

/**
 * What a header says.
 * @param bodyBytes that follow it @throws UserError for another type than numbers, big-endian or Fortran order, and for a body of another size
 */
function parseHeader(file: string, header: string, bodyBytes: number): Header {
  const [, order, type] = /'descr':\s*'([<>|=])([a-z]\d+)'/.exec(header) ?? [];
  const read = types[type ?? ""];
  if (!read)
    throw new UserError(
      `${file} holds ${/'descr':\s*(.{1,40}?)(?:, 'fortran|, 'shape|\s*}|$)/.exec(header)?.[1] ?? "numbers of no known type"}; expected numbers of one of the types ${Object.keys(types).join(", ")} (numpy.float32 is f4): save array.astype(numpy.float32)`,
    );
  const width = Number(type!.slice(1));
  if (order === ">" && width > 1)
    throw new UserError(`${file} is big-endian; save array.astype(numpy.float32), which is little-endian`);
  if (/'fortran_order':\s*True/.test(header))
    throw new UserError(`${file} is in Fortran order; save numpy.ascontiguousarray(array)`);
  const sizes = /'shape':\s*\(([\d,\sL]*)\)/.exec(header)?.[1];
  if (sizes === undefined) throw new UserError(`${file} has no shape in its header: ${header.slice(0, 80).trim()}`);
  const shape = sizes
    .split(",")
    .filter((part) => part.trim() !== "")
    .map((part) => parseInt(part, 10));
  const count = shape.reduce((product, n) => product * n, 1);
  if (bodyBytes !== count * width)
    throw new UserError(
      `${file} declares ${count} numbers of ${width} bytes, but ${bodyBytes} bytes follow its header`,
    );
  return {
    shape,
    count,
    width,
    numbersOf: (bytes) => {
      const numbers = read(bytes);
      return numbers instanceof Float32Array ? numbers : Float32Array.from(numbers);
    },
  };
}

const textOfHeader = (start: Uint8Array, bytes: Uint8Array): string =>
  new TextDecoder(start[6] === 3 ? "utf-8" : "latin1").decode(bytes);

/**
 * @param file its name, for errors
 * @throws UserError for what is no such file, or cut short, of another type than numbers, big-endian or in Fortran order
 */
export function parseNpy(file: string, bytes: Uint8Array): NpyArray {
  const { from, to } = headerAt({ name: file, size: bytes.length }, bytes.subarray(0, fixedBytes));
  const { shape, numbersOf } = parseHeader(file, textOfHeader(bytes, bytes.subarray(from, to)), bytes.length - to);
  return { data: numbersOf(copyOf(bytes.subarray(to))), shape };
}

/** The numbers of a file, read when they are asked for. @throws UserError as parseNpy */
export async function openNpy(file: FileBytes): Promise<ArraySource> {
  const { name, size } = file;
  const start = await file.read(0, Math.min(fixedBytes, size));
  const { from, to } = headerAt(file, start);
  const header = textOfHeader(start, await file.read(from, to - from));
  const { shape, count, width, numbersOf } = parseHeader(name, header, size - to);
  return {
    length: count,
    shape,
    read: async (first, many) => numbersOf(copyOf(await file.read(to + first * width, many * width))),
  };
}

/** Encodes numbers as a .npy file of float32, version 1. */
export function npyOf(shape: readonly number[], data: Float32Array): Buffer {
  const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape.map((n) => `${n},`).join("")}), }`;
  // The data begins on a multiple of 64; the header ends with a line feed.
  const padded = header.padEnd(Math.ceil((header.length + 11) / 64) * 64 - 11) + "\n";
  const start = Buffer.from(`${magic}\x01\0\0\0`, "latin1");
  start.writeUInt16LE(padded.length, 8);
  return Buffer.concat([
    start,
    Buffer.from(padded, "latin1"),
    new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  ]);
}
