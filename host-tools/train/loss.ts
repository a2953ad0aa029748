import * as tf from "@tensorflow/tfjs-core";
import type * as tfl from "@tensorflow/tfjs-layers";

export interface LossOptions {
  /** A weight a class. */
  classWeights: tf.Tensor1D;
  smoothing: number;
  teacher?: tfl.LayersModel;
}

/** Distillation: both distributions are softened by this temperature before they are compared (Hinton, Vinyals and Dean, 2015). */
const temperature = 2;
/** Probabilities below count as this one in the logarithm. */
const least = 1e-7;

const softened = (probabilities: tf.Tensor): tf.Tensor =>
  tf.softmax(tf.div(tf.log(tf.maximum(probabilities, least)), temperature));

/** A loss and its gradient for each variable. */
export interface BatchLoss {
  loss: number;
  gradients: Float32Array[];
}

/** @param prepare gives the loss, made of the variables; both are called once, inside tf.tidy */
export function lossAndGradients(variables: tf.Variable[], prepare: () => () => tf.Scalar): BatchLoss {
  const { value, grads } = tf.tidy(() => tf.variableGrads(prepare(), variables));
  const result = {
    loss: value.dataSync()[0]!,
    gradients: variables.map(({ name }) => grads[name]!.dataSync() as Float32Array),
  };
  tf.dispose([value, grads]);
  return result;
}

/** Windows as the network takes them. */
export const batchOf = (model: tfl.LayersModel, input: Float32Array, windows: number): tf.Tensor =>
  tf.tensor(input, [windows, ...(model.inputs[0]!.shape.slice(1) as number[])]);

/**
 * Mean loss of a batch and its gradient for each variable. Cross-entropy with the truth, each window weighted by its class; with a teacher half of it is
 * replaced by the cross-entropy with the teacher's softened probabilities.
 * @param input normalized windows, one after the other
 */
export const batchLoss = (
  model: tfl.LayersModel,
  variables: tf.Variable[],
  input: Float32Array,
  labels: Int32Array,
  { classWeights, smoothing, teacher }: LossOptions,
): BatchLoss =>
  lossAndGradients(variables, () => {
    const x = batchOf(model, input, labels.length);
    const classes = classWeights.shape[0];
    const indices = tf.tensor1d(labels, "int32");
    const truth = tf.add(tf.mul(tf.cast(tf.oneHot(indices, classes), "float32"), 1 - smoothing), smoothing / classes);
    const weight = tf.gather(classWeights, indices);
    const share = tf.div(weight, tf.sum(weight));
    const wanted = teacher && softened(teacher.apply(x) as tf.Tensor);
    return () => {
      const p = model.apply(x, { training: true }) as tf.Tensor;
      const hard = tf.neg(tf.sum(tf.mul(share, tf.sum(tf.mul(truth, tf.log(tf.maximum(p, least))), -1))));
      if (!wanted) return hard as tf.Scalar;
      const soft = tf.neg(tf.mean(tf.sum(tf.mul(wanted, tf.log(tf.maximum(softened(p), least))), -1)));
      return tf.add<tf.Scalar>(tf.mul(0.5, hard), tf.mul(0.5 * temperature * temperature, soft));
    };
  });
