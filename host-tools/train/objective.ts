import * as tf from "@tensorflow/tfjs-core";
import type * as tfl from "@tensorflow/tfjs-layers";
import { batchLoss, batchOf, lossAndGradients, type BatchLoss } from "./loss.js";
import type { TrainingData } from "./examples.js";
import { scoreOf } from "./predict.js";

/** What a training makes small. */
export interface Objective {
  /**
   * Mean loss of a batch and its gradient for each variable.
   * @param input normalized windows, one after the other
   * @param windows their places among the training windows
   */
  batch(model: tfl.LayersModel, variables: tf.Variable[], input: Float32Array, windows: Int32Array): BatchLoss;
  /** Of the validation windows. @param outputs of the network, window after window */
  score(outputs: Float32Array): { loss: number; accuracy?: number };
  /** Whatever else the training depends on, for the checkpoint. */
  readonly print: readonly (string | number)[];
  dispose?(): void;
}

export interface ClassOptions {
  balance: number;
  smoothing: number;
  teacher?: tfl.LayersModel;
}

/** Cross-entropy with the classes of the windows. */
export function classObjective(
  { train, validation, classes }: TrainingData,
  { balance, smoothing, teacher }: ClassOptions,
): Objective {
  const classWeights = tf.tensor1d(weightsOfClasses(train.labels, classes.length, balance));
  return {
    print: [balance, smoothing, ...classes],
    batch: (model, variables, input, windows) =>
      batchLoss(
        model,
        variables,
        input,
        windows.map((window) => train.labels[window]!),
        { classWeights, smoothing, ...(teacher && { teacher }) },
      ),
    score: (outputs) => scoreOf(outputs, validation.labels, classes.length),
    dispose: () => void classWeights.dispose(),
  };
}

/** Mean square of the outputs: of a network that gives the difference between its input and what it makes of it. */
export const differenceObjective: Objective = {
  print: ["difference"],
  batch: (model, variables, input, { length }) =>
    lossAndGradients(variables, () => {
      const x = batchOf(model, input, length);
      return () => tf.mean(tf.square(model.apply(x, { training: true }) as tf.Tensor));
    }),
  score: (outputs) => ({ loss: outputs.reduce((sum, value) => sum + value * value, 0) / outputs.length }),
};

export function weightsOfClasses(labels: Int32Array, classes: number, balance: number): number[] {
  const counts = new Array<number>(classes).fill(0);
  for (const label of labels) counts[label]!++;
  return counts.map((count) => (count === 0 ? 0 : (labels.length / (classes * count)) ** balance));
}
