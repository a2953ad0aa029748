import * as tf from "@tensorflow/tfjs-core";
import { Random } from "../lib/random.js";
import { runGraph } from "../graph/execute.js";
import type { Graph, GraphNode } from "../graph/graph.js";
import { weightedRule } from "../graph/operators/index.js";
import type { SampleSet } from "../graph/sampleSet.js";
import { UserError } from "../lib/errors.js";
import { silentProgress, type Progress } from "../lib/progress.js";
import { registerDilatedGradients } from "../tf/kernels/dilated.js";
import { batchSizeOf } from "./observe.js";
import { decisionTensors, roundTo } from "./fake.js";
import { limitsOf, type Params } from "../graph/parameters.js";

export interface QuantizedTuning {
  /** Passes over the samples. */
  epochs: number;
  batchSize?: number;
  /** Of Adam, falling to 0 along a cosine. Default 0.0001. */
  learningRate?: number;
  seed?: number;
  progress?: Progress;
}

const weightLimit = 127;
const smallest = 1e-12;

/** Rounds forward; backward the gradient passes as if it had not, where the value lay inside the range (straight-through estimator, Bengio et al. 2013). */
function roundThrough(x: tf.Tensor, params: Params): tf.Tensor {
  const [low, high] = limitsOf(params);
  const rounded = tf.customGrad((value: tf.Tensor | tf.GradSaveFunc, save: tf.Tensor | tf.GradSaveFunc) => {
    const given = value as tf.Tensor;
    (save as tf.GradSaveFunc)([given]);
    return {
      value: roundTo(given, params),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) =>
        tf.mul(dy, tf.cast(tf.logicalAnd(tf.greaterEqual(saved[0]!, low), tf.lessEqual(saved[0]!, high)), "float32")),
    };
  });
  return rounded(x);
}

/** Weights on the grid of their present scales: per channel or per tensor. */
function roundWeights(weights: tf.Tensor, node: GraphNode): tf.Tensor {
  const { channelAxis, perTensor } = weightedRule(node.op)!;
  const others = weights.shape.map((_, i) => i).filter((i) => perTensor || i !== channelAxis);
  const rounded = tf.customGrad((value: tf.Tensor | tf.GradSaveFunc) => {
    const scale = tf.div(tf.maximum(tf.max(tf.abs(value as tf.Tensor), others, true), smallest), weightLimit);
    return { value: tf.mul(tf.round(tf.div(value as tf.Tensor, scale)), scale), gradFunc: (dy: tf.Tensor) => dy };
  });
  return rounded(weights);
}

/** Relative squared difference of two graphs' decisions. */
function loss(truth: readonly tf.Tensor[], given: readonly tf.Tensor[]): tf.Scalar {
  const terms = truth.map((each, i) =>
    tf.div(tf.mean(tf.squaredDifference(each, given[i]!)), tf.add(tf.mean(tf.square(each)), smallest)),
  );
  return tf.addN(terms) as tf.Scalar;
}

/**
 * Quantization-aware fine-tuning: trains the weights of a network whose weights and activations are rounded as int8 rounds them to give the float
 * network's answers (before a softmax). The ranges of the activations stay. A tfjs backend with the gradients of the graph's operators must be running.
 * @returns the graph with other weights. @throws UserError when it diverges or has no gradient.
 */
export async function fineTuneQuantized(
  graph: Graph,
  activations: ReadonlyMap<number, Params>,
  samples: SampleSet,
  options: QuantizedTuning,
): Promise<Graph> {
  const { epochs, batchSize = batchSizeOf(graph), learningRate = 1e-4, seed = 1, progress = silentProgress } = options;
  registerDilatedGradients();
  const owners = new Map(
    graph.nodes.flatMap((node) => (weightedRule(node.op) ? [[node.inputs[1]!, node] as const] : [])),
  );
  const biases = graph.nodes.flatMap((node) => (weightedRule(node.op) ? [node.inputs[2]!] : []));
  const variables = new Map(
    [...owners.keys(), ...biases].map((index) => [
      index,
      tf.variable(tf.tensor(graph.tensors[index]!.data!, graph.tensors[index]!.shape, "float32")),
    ]),
  );
  const wanted: Graph = { ...graph, outputs: decisionTensors(graph) };
  const { count } = samples;
  const steps = Math.ceil(count / batchSize);
  const optimizer = tf.train.adam(learningRate);
  const random = new Random(`quantized ${seed}`);
  try {
    for (let epoch = 0; epoch < epochs; epoch++) {
      const order = Array.from(random.order(count));
      for (let step = 0; step < steps; step++) {
        const done = epoch * steps + step;
        // The optimizer reads its rate at every step.
        (optimizer as unknown as { learningRate: number }).learningRate =
          learningRate * 0.5 * (1 + Math.cos((Math.PI * done) / (epochs * steps)));
        const batch = await samples.take(order.slice(step * batchSize, (step + 1) * batchSize));
        const value = tf.tidy(() => {
          const truth = runGraph(wanted, batch);
          const constant = (index: number): tf.Tensor | undefined => {
            const variable = variables.get(index);
            return variable && owners.has(index) ? roundWeights(variable, owners.get(index)!) : variable;
          };
          const output = (index: number, x: tf.Tensor): tf.Tensor | undefined => {
            const params = activations.get(index);
            return params && roundThrough(x, params);
          };
          return optimizer
            .minimize(() => loss(truth, runGraph(wanted, batch, { constant, output })), true, [...variables.values()])!
            .dataSync()[0]!;
        });
        tf.dispose(batch);
        if (!Number.isFinite(value))
          throw new UserError(
            `fine-tuning the quantized model diverged in epoch ${epoch + 1}: the loss is ${value}. Use a smaller learning rate than ${learningRate}`,
          );
        progress.update((done + 1) / (epochs * steps), `loss ${value.toExponential(2)}`);
        await tf.nextFrame();
      }
    }
    const tensors = graph.tensors.map((tensor, index) =>
      variables.has(index) ? { ...tensor, data: variables.get(index)!.dataSync().slice() as Float32Array } : tensor,
    );
    return { ...graph, tensors };
  } finally {
    variables.forEach((variable) => variable.dispose());
    optimizer.dispose();
  }
}
