import * as tf from "@tensorflow/tfjs-core";
import type * as tfl from "@tensorflow/tfjs-layers";
import { classNamed, shapeOfOne, type Shape } from "./tfjsLayers.js";

interface Function {
  apply(x: tf.Tensor): tf.Tensor;
}

/** What tfjs's GRUCell holds; its type files hide it. */
interface Cell {
  units: number;
  useBias: boolean;
  built: boolean;
  activation: Function;
  recurrentActivation: Function;
  kernel: tfl.LayerVariable;
  recurrentKernel: tfl.LayerVariable;
  bias: tfl.LayerVariable | null;
  addWeight(name: string, shape: Shape, dtype: null, initializer: unknown): tfl.LayerVariable;
  kernelInitializer: unknown;
  recurrentInitializer: unknown;
  biasInitializer: unknown;
  build(shape: Shape | Shape[]): void;
  call(inputs: tf.Tensor[]): tf.Tensor[];
}

const split = (x: tf.Tensor): [update: tf.Tensor, reset: tf.Tensor, candidate: tf.Tensor] =>
  tf.split(x, 3, -1) as [tf.Tensor, tf.Tensor, tf.Tensor];

/** keras/src/layers/rnn/gru.py, GRUCell.call with reset_after: the state goes through its weights, with biases of its own, before it is reset. Without dropout. */
function resetAfter(cell: Cell): void {
  cell.build = (shape) => {
    const columns = 3 * cell.units;
    const width = shapeOfOne(shape).at(-1)!;
    cell.kernel = cell.addWeight("kernel", [width, columns], null, cell.kernelInitializer);
    cell.recurrentKernel = cell.addWeight("recurrent_kernel", [cell.units, columns], null, cell.recurrentInitializer);
    cell.bias = cell.useBias ? cell.addWeight("bias", [2, columns], null, cell.biasInitializer) : null;
    cell.built = true;
  };
  cell.call = ([x, state]) =>
    tf.tidy(() => {
      const biases = cell.bias ? tf.unstack(cell.bias.read()) : [];
      const product = (of: tf.Tensor, kernel: tfl.LayerVariable, bias: tf.Tensor | undefined): tf.Tensor => {
        const result = tf.matMul(of, kernel.read());
        return bias ? tf.add(result, bias) : result;
      };
      const [inputUpdate, inputReset, inputCandidate] = split(product(x!, cell.kernel, biases[0]));
      const [stateUpdate, stateReset, stateCandidate] = split(product(state!, cell.recurrentKernel, biases[1]));
      const update = cell.recurrentActivation.apply(tf.add(inputUpdate, stateUpdate));
      const reset = cell.recurrentActivation.apply(tf.add(inputReset, stateReset));
      const candidate = cell.activation.apply(tf.add(inputCandidate, tf.mul(reset, stateCandidate)));
      const next = tf.add(tf.mul(update, state!), tf.mul(tf.sub(1, update), candidate));
      return [next, next];
    });
}

/** Keras's GRU is by default one with reset_after, which tfjs refuses. */
export class GRU extends classNamed<{ cell: Cell }>("GRU") {
  static className = "GRU";
  readonly resetAfter: boolean;

  constructor(args: Record<string, unknown>) {
    super({ ...args, resetAfter: false });
    this.resetAfter = args["resetAfter"] === true;
    if (this.resetAfter) resetAfter(this.cell);
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), resetAfter: this.resetAfter };
  }
}
