import * as tf from "@tensorflow/tfjs-core";
import type { QuantizedGraph } from "../graph/emit.js";
import { activated, runNode } from "../graph/execute.js";
import { lastOf, type Graph, type GraphNode } from "../graph/graph.js";
import { lastReads, peakBytes } from "../graph/live.js";
import { weightedRule } from "../graph/operators/index.js";
import type { SampleSet } from "../graph/sampleSet.js";
import { dequantize, quantizeConstants, roundTo } from "./fake.js";
import { batches, batchSizeOf } from "./observe.js";
import { silent } from "./stages.js";

/** Of activations that live at once, of all samples and both networks. */
const mostBytes = 256 * 2 ** 20;
/** Of those of a batch: rounding needs some more of their size while it runs. */
const batchBytes = 16 * 2 ** 20;

/** How many samples fit in memory at once. */
export const samplesOfCorrection = (graph: Graph): number => Math.max(1, Math.floor(mostBytes / 2 / peakBytes(graph)));

/** One batch on its way through the float network and the quantized one. */
interface Run {
  size: number;
  truth: Map<number, tf.Tensor>;
  given: Map<number, tf.Tensor>;
}

type Pair = [truth: tf.Tensor, given: tf.Tensor];

/** Mean of each channel over all runs. */
function channelMeans(results: readonly tf.Tensor[], channels: number): Float32Array {
  const sum = new Float32Array(channels);
  let count = 0;
  for (const result of results) {
    const rows = result.size / channels;
    const part = tf.tidy(() => tf.sum(tf.reshape(result, [rows, channels]), 0).dataSync());
    part.forEach((value, i) => (sum[i]! += value));
    count += rows;
  }
  return sum.map((value) => value / count);
}

/** A node's results before its activation, in both networks. */
function runPair(float: Graph, quantized: QuantizedGraph, node: GraphNode, { size, truth, given }: Run): Pair {
  const real = (index: number): tf.Tensor => {
    const { data, shape } = float.tensors[index]!;
    return tf.tensor(data!, shape, data instanceof Float32Array ? "float32" : "int32");
  };
  const integer = (index: number): tf.Tensor => {
    const constant = quantized.constants.get(index);
    const { shape } = float.tensors[index]!;
    return constant ? tf.tensor(dequantize(constant, shape), shape, "float32") : real(index);
  };
  const run = (values: Map<number, tf.Tensor>, constant: (index: number) => tf.Tensor): tf.Tensor =>
    tf.tidy(() =>
      runNode(float, node, (at) => values.get(node.inputs[at]!) ?? constant(node.inputs[at]!), size, false),
    );
  return [run(truth, real), run(given, integer)];
}

function startRuns({ graph, activations }: QuantizedGraph, samples: readonly tf.Tensor[]): Run[] {
  return batches(samples, batchSizeOf(graph, batchBytes)).map((batch) => {
    const truth = new Map(batch().map((input, i) => [graph.inputs[i]!, input]));
    const given = new Map(
      [...truth].map(([index, input]) => [index, tf.tidy(() => roundTo(input, activations.get(index)))]),
    );
    return { size: [...truth.values()][0]!.shape[0], truth, given };
  });
}

const dispose = ({ truth, given }: Run, tensors: Iterable<number>): void => {
  for (const tensor of tensors)
    for (const values of [truth, given]) {
      values.get(tensor)?.dispose();
      values.delete(tensor);
    }
};

/**
 * Bias correction (Nagel et al. 2019, section 4.2, with measured means in place of the normal distribution): layer by layer, what the quantized
 * network's mean differs from the float one's in each channel is taken off that channel's bias. Both networks run once, side by side, on as many samples as
 * fit into memory at once.
 * @returns the same network with other biases.
 */
export async function correctBiases(
  quantized: QuantizedGraph,
  all: SampleSet,
  report = silent,
): Promise<QuantizedGraph> {
  const { graph: float, activations } = quantized;
  const graph: Graph = { ...float, tensors: [...float.tensors] };
  const free = lastReads(float);
  const samples = await all.some(samplesOfCorrection(float));
  const runs = startRuns(quantized, samples);
  samples.forEach((sample) => sample.dispose());
  float.nodes.forEach((node, at) => {
    report(at / float.nodes.length);
    const results = runs.map((run) => runPair(float, quantized, node, run));
    const delta = weightedRule(node.op) && correction(results, lastOf(float.tensors[node.output]!.shape));
    if (delta) {
      const bias = graph.tensors[node.inputs[2]!]!;
      graph.tensors[node.inputs[2]!] = {
        ...bias,
        data: (bias.data as Float32Array).map((value, i) => value + delta[i]!),
      };
    }
    runs.forEach((run, i) => {
      const [truth, given] = results[i]!;
      run.truth.set(
        node.output,
        tf.tidy(() => activated(node, truth)),
      );
      run.given.set(
        node.output,
        tf.tidy(() => roundTo(activated(node, delta ? tf.add(given, delta) : given), activations.get(node.output))),
      );
      for (const [result, kept] of [
        [truth, run.truth],
        [given, run.given],
      ] as const)
        if (kept.get(node.output) !== result) result.dispose();
      dispose(run, free[at]!);
    });
  });
  for (const run of runs) dispose(run, new Set([...run.truth.keys(), ...run.given.keys()]));
  return { ...quantizeConstants(graph, activations), graph: float };
}

function correction(results: readonly Pair[], channels: number): Float32Array {
  const [truth, given] = [0, 1].map((which) =>
    channelMeans(
      results.map((pair) => pair[which as 0 | 1]),
      channels,
    ),
  ) as [Float32Array, Float32Array];
  return truth.map((value, i) => value - given[i]!);
}
