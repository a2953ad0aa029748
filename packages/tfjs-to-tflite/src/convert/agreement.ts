/** How much a converted model is what it was made of, as far as tfjs can tell: the tensors' rounding to integers is the file's, that inside of an operator is not. */
import * as tf from "@tensorflow/tfjs-core";
import type * as tfl from "@tensorflow/tfjs-layers";
import type { Graph } from "../graph/graph.js";
import { samplesFor, type Samples } from "../graph/samples.js";
import { collect, fakeQuantization } from "../quantize/fake.js";
import { batches, batchSizeOf } from "../quantize/observe.js";
import { joinedNumbers } from "../lib/bytes.js";
import type { GraphModel } from "./graphModel/index.js";
import type { Conversion } from "./index.js";
import { comparedSamples, LayerErrors } from "./layerErrors.js";
import { decibels, differenceOf, shareOf, verdictsOf } from "./outputAgreement.js";

export interface Agreement {
  /** What the outputs were compared with: those of the model under tfjs, or, as tfjs's own executor of graph models is no part of this, of the float network that was made of it. */
  with: "tfjs" | "the float network";
  samples: number;
  /** Signal-to-noise ratio of all outputs in dB: 10 log10 of their energy over that of the difference. null: there is no difference. */
  snr: number | null;
  largestDifference: number;
  /** Of a classifier, one with two classes or more in its last axis: the share of the samples with the same largest output. */
  top1?: number;
}

/** What JSON has instead of infinity. */
const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

const outputsOf = (conversion: Conversion, samples: readonly tf.Tensor[]): Float32Array[] => {
  const { graph, rounded = graph, quantized } = conversion;
  return quantized
    ? collect(quantized.graph, samples, quantized.graph.outputs, fakeQuantization(quantized))
    : collect(rounded, samples, rounded.outputs);
};

/** The outputs of the model under tfjs, over all samples. */
function outputsOfModel(model: tfl.LayersModel, graph: Graph, samples: readonly tf.Tensor[]): Float32Array[] {
  const parts = graph.outputs.map((): Float32Array[] => []);
  for (const batch of batches(samples, batchSizeOf(graph)))
    tf.tidy(() => {
      const inputs = batch();
      const outputs = [model.predict(inputs.length === 1 ? inputs[0]! : inputs)].flat();
      outputs.forEach((output, i) => void parts[i]!.push(output.dataSync().slice() as Float32Array));
    });
  return parts.map(joinedNumbers);
}

/** The share of samples with the same largest output. */
function sameLargest(truth: Float32Array, given: Float32Array, classes: number): number {
  const [wanted, found] = [verdictsOf(truth, classes), verdictsOf(given, classes)];
  return shareOf(wanted.length, (row) => wanted[row] === found[row]);
}

/** Compares the outputs of a conversion with those of what it was made of. A tfjs backend must be running. */
export function agreementOf(model: tfl.LayersModel | GraphModel, conversion: Conversion, given: Samples): Agreement {
  const { graph } = conversion;
  const samples = samplesFor(graph, given);
  try {
    const isGraphModel = "json" in model;
    const truth = isGraphModel ? collect(graph, samples, graph.outputs) : outputsOfModel(model, graph, samples);
    const results = outputsOf(conversion, samples);
    const differences = truth.map((values, which) => differenceOf(values, results[which]!));
    const sumOf = (of: "signal" | "noise"): number => differences.reduce((sum, difference) => sum + difference[of], 0);
    const shape = graph.tensors[graph.outputs[0]!]!.shape;
    const classes = shape.at(-1)!;
    const isClassifier = graph.outputs.length === 1 && shape.length === 2 && classes > 1;
    return {
      with: isGraphModel ? "the float network" : "tfjs",
      samples: samples[0]!.shape[0],
      snr: finite(decibels(sumOf("signal"), sumOf("noise"))),
      largestDifference: Math.max(...differences.map(({ maxError }) => maxError)),
      ...(isClassifier && { top1: sameLargest(truth[0]!, results[0]!, classes) }),
    };
  } finally {
    samples.forEach((sample) => sample.dispose());
  }
}

/** The signal-to-noise ratio of each operator of a quantized model in dB, against the float one on the same weights; null: there is no difference. */
export function layerAgreement({ quantized }: Conversion, given: Samples): (number | null)[] {
  const { graph } = quantized!;
  const everything = graph.nodes.map((node) => node.output);
  const parts = comparedSamples(graph, given);
  const errors = new LayerErrors(quantized!);
  try {
    for (const samples of parts)
      errors.add(
        collect(graph, samples, everything),
        collect(graph, samples, everything, fakeQuantization(quantized!)),
      );
    return errors.rows().map(({ snr }) => finite(snr));
  } finally {
    tf.dispose(parts);
  }
}
