import * as tf from "@tensorflow/tfjs-core";
import type { QuantizedGraph } from "../graph/emit.js";
import type { Graph } from "../graph/graph.js";
import { totalBytes } from "../graph/live.js";
import { limitsOf } from "../graph/parameters.js";
import { sampleSetOf, type Samples } from "../graph/sampleSet.js";
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
/** Of all activations of all samples that are compared. */
const mostBytes = 256 * 2 ** 20;
/** Of those that are held at a time. */
const heldBytes = 32 * 2 ** 20;

/** A part of the samples that are compared, and which part of them all it is. */
export interface ComparedPart {
  /** Disposed of when the next part is asked for. */
  samples: tf.Tensor[];
  /** Of the compared samples, 0 to 1: how many come before. */
  before: number;
}

/** The first of the given samples, in parts whose activations fit in memory all at once. */
export async function* comparedSamples(graph: Graph, given: Samples): AsyncGenerator<ComparedPart> {
  const all = await sampleSetOf(graph, given);
  const bytes = totalBytes(graph);
  const fitting = (most: number): number => Math.max(1, Math.min(mostSamples, Math.floor(most / bytes)));
  const count = Math.min(fitting(mostBytes), all.count);
  const size = fitting(heldBytes);
  for (let from = 0; from < count; from += size) {
    const samples = await all.slice(from, Math.min(size, count - from));
    try {
      yield { samples, before: from / count };
    } finally {
      tf.dispose(samples);
    }
  }
}

/** The errors of all operators, summed over samples as they come. */
export class LayerErrors {
  readonly #quantized: QuantizedGraph;
  readonly #clipped: ReadonlySet<number>;
  readonly #noise: Float64Array;
  readonly #signal: Float64Array;

  constructor(quantized: QuantizedGraph) {
    this.#quantized = quantized;
    this.#clipped = clippedTensors(quantized.graph);
    this.#noise = new Float64Array(quantized.graph.nodes.length);
    this.#signal = new Float64Array(quantized.graph.nodes.length);
  }

  /** @param truth the float outputs of each node, and `given` what int8 makes of them as real numbers: of the same samples, one after the other */
  add(truth: readonly Float32Array[], given: readonly Float32Array[]): void {
    const { graph, activations } = this.#quantized;
    graph.nodes.forEach(({ output }, index) => {
      const params = this.#clipped.has(output) ? activations.get(output) : undefined;
      const [low, high] = params ? limitsOf(params) : [-Infinity, Infinity];
      let [noise, signal] = [0, 0];
      truth[index]!.forEach((value, i) => {
        const real = Math.max(low, Math.min(high, value));
        noise += (real - given[index]![i]!) ** 2;
        signal += real ** 2;
      });
      this.#noise[index]! += noise;
      this.#signal[index]! += signal;
    });
  }

  rows(): LayerRow[] {
    return this.#quantized.graph.nodes.map(({ op, layer }, index) => ({
      index,
      operator: op,
      layer,
      snr: decibels(this.#signal[index]!, this.#noise[index]!),
    }));
  }
}
