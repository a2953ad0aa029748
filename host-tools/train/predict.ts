import * as tf from "@tensorflow/tfjs-core";
import type * as tfl from "@tensorflow/tfjs-layers";

const atOnce = 256;

/**
 * Probabilities of many windows.
 * @param input normalized windows, one after the other
 * @returns [window][class]
 */
export function predict(model: tfl.LayersModel, input: Float32Array, count: number): Float32Array {
  const size = input.length / count;
  const [, ...shape] = model.inputs[0]!.shape as number[];
  const parts: Float32Array[] = [];
  for (let from = 0; from < count; from += atOnce) {
    const to = Math.min(count, from + atOnce);
    parts.push(
      tf.tidy(
        () =>
          (
            model.predict(tf.tensor(input.slice(from * size, to * size), [to - from, ...shape])) as tf.Tensor
          ).dataSync() as Float32Array,
      ),
    );
  }
  const classes = parts[0]!.length / Math.min(count, atOnce);
  const all = new Float32Array(count * classes);
  parts.forEach((part, index) => all.set(part, index * atOnce * classes));
  return all;
}

/** Mean cross-entropy in nats, and share of windows whose likeliest class is the true one. */
export function scoreOf(
  probabilities: Float32Array,
  labels: Int32Array,
  classes: number,
): { loss: number; accuracy: number } {
  let loss = 0;
  let right = 0;
  labels.forEach((label, window) => {
    const row = probabilities.subarray(window * classes, (window + 1) * classes);
    loss -= Math.log(Math.max(1e-7, row[label]!));
    if (row.indexOf(Math.max(...row)) === label) right++;
  });
  return { loss: loss / labels.length, accuracy: right / labels.length };
}
