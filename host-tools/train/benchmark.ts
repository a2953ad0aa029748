import * as tf from "@tensorflow/tfjs-core";
import { startBackend } from "tfjs-to-tflite/tf/backend.js";
import { Adam } from "./adam.js";
import { batchLoss } from "./loss.js";
import { makeNetwork } from "./network.js";
import { Random } from "../lib/random.js";
import { medianOf } from "../lib/numbers.js";

export interface Benchmark {
  backend: string;
  batch: number;
  parameters: number;
  /** Multiply-adds of one window, forward. */
  macs: number;
  millisecondsPerStep: number;
  /** Operations of a step by the usual account: 2 a multiply-add; forward, gradient of the input and gradient of the weights: 6 * macs * batch. The rest of the step (normalization, loss, Adam) counts as time, not as work. */
  gflops: number;
}

/** Multiply-adds of a network of convolutions and dense layers, one window. */
export function countMacs(model: ReturnType<typeof makeNetwork>): number {
  let macs = 0;
  for (const layer of model.layers) {
    const kernel = layer.weights.find(({ name }) => name.includes("kernel"));
    if (!kernel) continue;
    const [, ...outShape] = layer.outputShape as number[];
    const positions = outShape.slice(0, -1).reduce((product, n) => product * n, 1);
    macs += positions * kernel.shape.reduce<number>((product, n) => product * (n ?? 1), 1);
  }
  return macs;
}

/** Times whole training steps of the example's network on random windows: loss, gradients, Adam. */
export async function benchmark(frames: number, features: number, classes: number, batch: number): Promise<Benchmark> {
  const backend = await startBackend();
  const model = makeNetwork(frames, features, classes, 1);
  const random = new Random("benchmark");
  const input = Float32Array.from({ length: batch * frames * features }, () => random.normal());
  const labels = Int32Array.from({ length: batch }, () => random.below(classes));
  const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
  const weights = variables.map((variable) => variable.dataSync() as Float32Array);
  const adam = new Adam(
    weights.map(({ length }) => length),
    weights.map(() => true),
    0.01,
  );
  const classWeights = tf.ones<tf.Rank.R1>([classes]);
  const step = (): void => {
    const { gradients } = batchLoss(model, variables, input, labels, { classWeights, smoothing: 0 });
    adam.update(weights, gradients, 1e-3);
    variables.forEach((variable, index) => tf.tidy(() => variable.assign(tf.tensor(weights[index]!, variable.shape))));
  };
  for (let i = 0; i < 8; i++) step();
  const steps = 40;
  const times = Array.from({ length: steps }, () => {
    const started = performance.now();
    step();
    return performance.now() - started;
  });
  // The median: other work on the machine disturbs some steps.
  const millisecondsPerStep = medianOf(times);
  const macs = countMacs(model);
  return {
    backend,
    batch,
    parameters: model.countParams(),
    macs,
    millisecondsPerStep,
    gflops: (6 * macs * batch) / millisecondsPerStep / 1e6,
  };
}
