/** A whole LSTM in float32. */
import type * as tfjs from "@tensorflow/tfjs-core";
import type { Tf, Value } from "../descriptor.js";

/** Where an LSTM's node has its inputs: the sequence first. Gates are in TensorFlow Lite's order, which is Keras's: input, forget, cell, output. */
export const lstmInputs = {
  kernels: [1, 2, 3, 4],
  recurrent: [5, 6, 7, 8],
  biases: [9, 10, 11, 12],
  cell: 13,
} as const;

/**
 * @param value inputs as in `lstmInputs`: [rows, steps, width], kernels [units, width], recurrent ones [units, units], biases [units]; of the cell nothing is asked
 * @param seen gets the cell behind each step, [rows, units] @returns [rows, steps, units], the states of each row starting as zeros
 */
export function lstm(tf: Tf, value: Value, seen: (cell: tfjs.Tensor) => void = () => undefined): tfjs.Tensor {
  const joined = (positions: readonly number[]): tfjs.Tensor => tf.concat(positions.map(value), 0);
  const x = value(0);
  const [rows, steps, width] = x.shape as [number, number, number];
  const [kernels, recurrent, biases] = [lstmInputs.kernels, lstmInputs.recurrent, lstmInputs.biases].map(joined);
  const columns = biases!.size;
  const products = tf.matMul(tf.reshape(x, [rows * steps, width]), kernels!, false, true);
  const shares = tf.unstack(tf.reshape(tf.add(products, biases!), [rows, steps, columns]), 1);
  let hidden: tfjs.Tensor = tf.zeros([rows, columns / 4]);
  let cell = hidden;
  const outputs = shares.map((share) => {
    const [input, forget, candidate, output] = tf.split(
      tf.add(share, tf.matMul(hidden, recurrent!, false, true)),
      4,
      1,
    ) as [tfjs.Tensor, tfjs.Tensor, tfjs.Tensor, tfjs.Tensor];
    cell = tf.add(tf.mul(tf.sigmoid(forget), cell), tf.mul(tf.sigmoid(input), tf.tanh(candidate)));
    seen(cell);
    hidden = tf.mul(tf.sigmoid(output), tf.tanh(cell));
    return hidden;
  });
  return tf.stack(outputs, 1);
}
