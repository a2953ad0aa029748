import { infer } from "../inference/index.js";
import { withEveryOutput } from "../inference/everyOutput.js";
import { UserError } from "../lib/errors.js";
import { readTflite } from "tfjs-to-tflite/graph/tflite.js";

export interface Agreement {
  windows: number;
  /** Windows on which every operator's output was the same in every byte. */
  same: number;
}

/** Operators that desktop TensorFlow Lite may round to a neighbour of TensorFlow Lite Micro's value (docs/backends.md); all others are alike. */
const mayBeNeighbours: ReadonlySet<string> = new Set(["CONV_2D", "FULLY_CONNECTED", "MEAN", "SOFTMAX"]);

/**
 * Runs every window through TensorFlow Lite and through the node's engine and compares what each operator gave.
 * @throws UserError naming window, operator and values where they differ and no known difference of desktop kernels explains it
 */
export async function compareEngines(tflite: Uint8Array, windows: Uint8Array[][]): Promise<Agreement> {
  const marked = withEveryOutput(tflite);
  const first = readTflite(tflite).subgraphs[0]!.outputs.length;
  const names = (await infer(tflite, windows.slice(0, 1), { trace: true }))[0]!.trace!;
  const [ours, theirs] = await Promise.all([
    infer(marked, windows, { backend: "micro" }),
    infer(marked, windows, { backend: "tflite" }),
  ]);
  let same = 0;
  ours.forEach(({ outputs }, window) => {
    const at = names.findIndex(
      (_, index) => Buffer.compare(outputs[first + index]!, theirs[window]!.outputs[first + index]!) !== 0,
    );
    if (at < 0) return void same++;
    const signed = (bytes: Uint8Array): Int8Array => new Int8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const [a, b] = [signed(outputs[first + at]!), signed(theirs[window]!.outputs[first + at]!)];
    const worst = a.reduce((most, value, i) => (Math.abs(value - b[i]!) > Math.abs(a[most]! - b[most]!) ? i : most), 0);
    if (Math.abs(a[worst]! - b[worst]!) > (mayBeNeighbours.has(names[at]!.operator) ? 1 : 0)) {
      throw new UserError(
        `held-out window ${window}, ${names[at]!.operator} #${at}, value ${worst}: the node's engine gives ${a[worst]}, TensorFlow Lite ${b[worst]}`,
      );
    }
  });
  return { windows: windows.length, same };
}

export const describeAgreement = ({ windows, same }: Agreement): string =>
  same === windows
    ? `same bytes on ${windows} windows`
    : `same bytes on ${same} of ${windows} windows; in the others desktop TensorFlow Lite rounds a half another way`;
