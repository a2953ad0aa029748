import { UserError } from "../lib/errors.js";
import { textOf } from "../lib/text.js";
import { parseNpy } from "./npy.js";

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

function parseRaw(file: string, bytes: Uint8Array): ArrayFile {
  if (bytes.length % 4 !== 0)
    throw new UserError(`${file} has ${bytes.length} bytes; raw float32 samples have 4 bytes per number`);
  return { data: new Float32Array(new Uint8Array(bytes).buffer) };
}

/**
 * Numbers of a file's bytes: .npy (NumPy), .json (nested lists), .csv (one sample per row) or raw little-endian float32, by the end of its name.
 * @throws UserError naming the file and what is wrong with it.
 */
export function parseArray(file: string, bytes: Uint8Array): ArrayFile {
  const extension = /\.[^./\\]*$/.exec(file)?.[0].toLowerCase() ?? "";
  if (extension === ".npy") return parseNpy(file, bytes);
  if (extension === ".json") return { data: Float32Array.from(flatten(file, parseJson(file, bytes), [])) };
  if (extension === ".csv") return parseCsv(file, bytes);
  if (notRaw.test(extension))
    throw new UserError(
      `${file}: samples must be .npy, .json (nested lists), .csv (one sample per row), or raw little-endian float32 with another ending, such as .f32`,
    );
  return parseRaw(file, bytes);
}
