import { copyOf } from "../lib/bytes.js";
import { UserError } from "../lib/errors.js";
import { textOf } from "../lib/text.js";
import { readAhead, sourceOf, type ArraySource, type FileBytes } from "./arraySource.js";
import { openNpy, parseNpy } from "./npy.js";

/** An array file: its numbers, and its shape where the format has one. */
export interface ArrayFile {
  data: Float32Array;
  shape?: number[];
}

function parseJson(file: string, bytes: Uint8Array): unknown {
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
function parseCsv(file: string, bytes: Uint8Array): ArrayFile {
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

const requireWhole = (file: string, bytes: number): void => {
  if (bytes % 4 !== 0) throw new UserError(`${file} has ${bytes} bytes; raw float32 samples have 4 bytes per number`);
};

/** Numbers of bytes that no others share. */
const floatsOf = (bytes: Uint8Array): Float32Array => new Float32Array(copyOf(bytes));

const extensionOf = (file: string): string => /\.[^./\\]*$/.exec(file)?.[0].toLowerCase() ?? "";

/** Numbers as text. @returns undefined for what is not text by the end of its name @throws UserError for what is no samples */
function parseText(file: string, bytes: Uint8Array): ArrayFile | undefined {
  const extension = extensionOf(file);
  if (extension === ".json") return { data: Float32Array.from(flatten(file, parseJson(file, bytes), [])) };
  if (extension === ".csv") return parseCsv(file, bytes);
  return undefined;
}

function requireRaw(file: string): void {
  if (notRaw.test(extensionOf(file)))
    throw new UserError(
      `${file}: samples must be .npy, .json (nested lists), .csv (one sample per row), or raw little-endian float32 with another ending, such as .f32`,
    );
}

/**
 * Numbers of a file's bytes: .npy (NumPy), .json (nested lists), .csv (one sample per row) or raw little-endian float32, by the end of its name.
 * @throws UserError naming the file and what is wrong with it.
 */
export function parseArray(file: string, bytes: Uint8Array): ArrayFile {
  if (extensionOf(file) === ".npy") return parseNpy(file, bytes);
  const text = parseText(file, bytes);
  if (text) return text;
  requireRaw(file);
  requireWhole(file, bytes.length);
  return { data: floatsOf(bytes) };
}

/** Text becomes several times its size while it is read. */
const mostText = 64 * 2 ** 20;

/**
 * The same, read when they are asked for; text, which has no places to begin at, is read whole.
 * @throws UserError naming the file and what is wrong with it, and for text that would take too much memory
 */
export async function openArray(file: FileBytes): Promise<ArraySource> {
  const { name, size } = file;
  const extension = extensionOf(name);
  const ahead = readAhead(file);
  if (extension === ".npy") return openNpy(ahead);
  if (extension === ".json" || extension === ".csv") {
    if (size > mostText)
      throw new UserError(
        `${name} has ${size} bytes of text, which is read whole, at most ${mostText}: save these samples as .npy or raw float32, which are read piece by piece`,
      );
    const { data, shape } = parseText(name, await file.read(0, size))!;
    return sourceOf(data, shape);
  }
  requireRaw(name);
  requireWhole(name, size);
  return { length: size / 4, read: async (from, count) => floatsOf(await ahead.read(4 * from, 4 * count)) };
}
