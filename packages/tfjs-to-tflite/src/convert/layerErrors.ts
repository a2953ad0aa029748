import * as tf from "@tensorflow/tfjs-core";
import type { QuantizedGraph } from "../graph/emit.js";
import type { Graph } from "../graph/graph.js";
import { totalBytes } from "../graph/live.js";
import { limitsOf } from "../graph/parameters.js";
import { samplesFor, type Samples } from "../graph/samples.js";
import { clippedTensors } from "../quantize/groups.js";
import { decibels } from "./outputAgreement.js";

/** One operator of the quantized model against the same one of the float model. */
export interface LayerRow {
  /** Index in the model's operators. */
  index: number;
  operator: string;
  layer: string;
  /**
   * Signal-to-noise ratio in dB: 10 log10 of the float output's energy over the energy of the difference. The float output is clipped to the integers' range
   * where what lies outside never comes out of the operators behind it (before a minimum, for example). Infinity where there is no difference.
   */
  snr: number;
}

const mostSamples = 64;
/** Of all activations of all samples. */
const mostBytes = 256 * 2 ** 20;

/** The first of the given samples, so many that all activations of all of them fit in memory. The caller disposes of them. */
export function comparedSamples(graph: Graph, given: Samples): tf.Tensor[] {
  const all = samplesFor(graph, given);
  const fitting = Math.max(1, Math.min(mostSamples, Math.floor(mostBytes / totalBytes(graph))));
  const some = all.map((sample) => tf.slice(sample, 0, Math.min(fitting, sample.shape[0])));
  all.forEach((sample) => sample.dispose());
  return some;
}

/**
 * @param truth the float outputs of each node, and `given` what int8 makes of them as real numbers: of the same samples, one after the other
 */
export function layerRows(
  { graph, activations }: QuantizedGraph,
  truth: readonly Float32Array[],
  given: readonly Float32Array[],
): LayerRow[] {
  const clipped = clippedTensors(graph);
  return graph.nodes.map((node, index): LayerRow => {
    const params = clipped.has(node.output) ? activations.get(node.output) : undefined;
    const [low, high] = params ? limitsOf(params) : [-Infinity, Infinity];
    let [noise, signal] = [0, 0];
    truth[index]!.forEach((value, i) => {
      const real = Math.max(low, Math.min(high, value));
      noise += (real - given[index]![i]!) ** 2;
      signal += real ** 2;
    });
    return { index, operator: node.op, layer: node.layer, snr: decibels(signal, noise) };
  });
}
