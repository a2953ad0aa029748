import * as tf from "@tensorflow/tfjs-core";
import type * as tfl from "@tensorflow/tfjs-layers";
import { UserError } from "../lib/errors.js";

/** Mean cross-entropy of probabilities p^(1/T) / sum p^(1/T), which is what logits divided by T give. */
function crossEntropy(probabilities: Float32Array, truth: Int32Array, classes: number, temperature: number): number {
  let total = 0;
  truth.forEach((label, window) => {
    let most = -Infinity;
    for (let c = 0; c < classes; c++)
      most = Math.max(most, Math.log(Math.max(1e-12, probabilities[window * classes + c]!)) / temperature);
    let sum = 0;
    for (let c = 0; c < classes; c++)
      sum += Math.exp(Math.log(Math.max(1e-12, probabilities[window * classes + c]!)) / temperature - most);
    total += Math.log(sum) + most - Math.log(Math.max(1e-12, probabilities[window * classes + label]!)) / temperature;
  });
  return total / truth.length;
}

/**
 * The temperature by which logits must be divided so that confidence means what it says on these windows (Guo et al., 2017): least
 * cross-entropy, by golden section over 1/8 to 8 on a logarithmic scale.
 */
export function fitTemperature(probabilities: Float32Array, truth: Int32Array, classes: number): number {
  const golden = (Math.sqrt(5) - 1) / 2;
  const cost = (exponent: number): number => crossEntropy(probabilities, truth, classes, 2 ** exponent);
  let low = -3;
  let high = 3;
  while (high - low > 1e-4) {
    const a = high - golden * (high - low);
    const b = low + golden * (high - low);
    if (cost(a) < cost(b)) high = b;
    else low = a;
  }
  return 2 ** ((low + high) / 2);
}

/** Divides the logits of a network by `temperature`, in place, by dividing weights and bias of its last dense layer: costs nothing on the node. @throws UserError when it does not end in dense and softmax */
export function foldTemperature(model: tfl.LayersModel, temperature: number): void {
  const last = model.layers.at(-1)!;
  const isSoftmaxLayer =
    last.getClassName() === "Softmax" ||
    (last.getClassName() === "Activation" && last.getConfig()["activation"] === "softmax");
  const dense = isSoftmaxLayer ? model.layers.at(-2)! : last;
  if (
    dense.getClassName() !== "Dense" ||
    (isSoftmaxLayer ? dense.getConfig()["activation"] !== "linear" : dense.getConfig()["activation"] !== "softmax")
  ) {
    throw new UserError(
      `a temperature can be folded into a network that ends in a dense layer and softmax; this one ends in ${dense.getClassName()} and ${last.getClassName()}`,
    );
  }
  tf.tidy(() => dense.setWeights(dense.getWeights().map((weight) => tf.div(weight, temperature))));
}
