/** NumPy's arrays as tables: samples, or samples by columns. */
import { parseNpy } from "tfjs-to-tflite/graph/npy.js";
import { UserError } from "../lib/errors.js";
import { tableOf, type Table } from "./table.js";

export const isNpy = (bytes: Uint8Array): boolean => Buffer.from(bytes.subarray(1, 6)).toString("latin1") === "NUMPY";

/** Columns are called 1, 2 ... @throws UserError for an array of more than two dimensions */
export function readNpy(file: string, bytes: Uint8Array): Table {
  const { data, shape } = parseNpy(file, bytes);
  const [count = 0, width = 1, ...more] = shape;
  if (shape.length === 0 || more.length > 0)
    throw new UserError(
      `${file}: an array of shape [${shape.join(", ")}]; expected [samples] or [samples, columns]: save each recording as a file of its own`,
    );
  const columns = Array.from({ length: width }, (_, at) => ({ name: String(at + 1) }));
  return tableOf(
    { file, kind: `NumPy, [${shape.join(", ")}]`, columns },
    count,
    (row, column) => data[row * width + column]!,
  );
}
