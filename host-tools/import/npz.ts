/** NumPy's archives of arrays (.npz): a column for each array, or for each of its columns. */
import { parseNpy } from "tfjs-to-tflite/graph/npy.js";
import { namesInZip, readZipped } from "tfjs-to-tflite/lib/zip.js";
import { UserError } from "../lib/errors.js";
import { tableOf, type Table } from "./table.js";

export const isZip = (bytes: Uint8Array): boolean =>
  Buffer.from(bytes.subarray(0, 4)).toString("latin1") === "PK\x03\x04";

interface Series {
  name: string;
  data: Float32Array;
  /** Columns of the array, and which of them this is. */
  width: number;
  at: number;
  count: number;
}

/** The columns of an array: its name, with a number where there are several. */
function seriesOf(file: string, bytes: Uint8Array, name: string): Series[] {
  const content = readZipped(bytes, `${name}.npy`)!;
  const { data, shape } = parseNpy(`${file}: ${name}.npy`, content);
  const [count = 1, width = 1, ...more] = shape;
  if (more.length > 0) return [];
  return Array.from({ length: width }, (_, at) => ({
    name: width === 1 ? name : `${name}${at + 1}`,
    data,
    width,
    at,
    count,
  }));
}

/** Arrays of other lengths than the longest, such as a rate, are left out. @throws UserError for an archive without arrays */
export function readNpz(file: string, bytes: Uint8Array): Table {
  const names = namesInZip(bytes).flatMap((name) => /^(.+)\.npy$/.exec(name)?.[1] ?? []);
  const all = names.flatMap((name) => seriesOf(file, bytes, name));
  const count = Math.max(0, ...all.map((series) => series.count));
  const series = all.filter((each) => each.count === count);
  if (count < 2)
    throw new UserError(
      `${file}: an archive without arrays of samples; expected .npy files of [samples] or [samples, columns]`,
    );
  return tableOf(
    { file, kind: `NumPy archive of ${names.join(", ")}`, columns: series.map(({ name }) => ({ name })) },
    count,
    (row, column) => {
      const { data, width, at } = series[column]!;
      return data[row * width + at]!;
    },
  );
}
