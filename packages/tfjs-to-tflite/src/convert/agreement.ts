/** How much a converted model is what it was made of, as far as tfjs can tell: the tensors' rounding to integers is the file's, that inside of an operator is not. */
import * as tf from "@tensorflow/tfjs-core";
import type * as tfl from "@tensorflow/tfjs-layers";
import { sampleSetOf, type Samples } from "../graph/sampleSet.js";
import { collect, fakeQuantization } from "../quantize/fake.js";
import { batchSizeOf } from "../quantize/observe.js";
import { silent, type Report } from "../quantize/stages.js";
import type { GraphModel } from "./graphModel/index.js";
import type { Conversion } from "./index.js";
import { comparedSamples, LayerErrors } from "./layerErrors.js";
import { decibels, differenceOf, verdictsOf } from "./outputAgreement.js";

export interface Agreement {
  /** What the outputs were compared with: those of the model under tfjs, or, of a model that tfjs does not run, and of graph models, whose executor is no part of this, of the float network that was made of it. */
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

/** The outputs of the model under tfjs, of samples that fit in memory at once. */
const outputsOfModel = (model: tfl.LayersModel, samples: tf.Tensor[]): Float32Array[] =>
  tf.tidy(() =>
    [model.predict(samples.length === 1 ? samples[0]! : samples)]
      .flat()
      .map((output) => output.dataSync().slice() as Float32Array),
  );

/** How many samples have the same largest output. */
function sameLargest(truth: Float32Array, given: Float32Array, classes: number): number {
  const [wanted, found] = [verdictsOf(truth, classes), verdictsOf(given, classes)];
  return wanted.reduce((sum, verdict, row) => sum + (verdict === found[row] ? 1 : 0), 0);
}

/** The outputs that a conversion should have, and of what they are. */
function truthOf(
  model: tfl.LayersModel | GraphModel,
  graph: Conversion["graph"],
  batch: tf.Tensor[],
): [by: Agreement["with"], outputs: Float32Array[]] {
  if (!("json" in model))
    try {
      return ["tfjs", outputsOfModel(model, batch)];
    } catch {
      // Its backend lacks something that the converted network does without; a conversion is not lost for that.
    }
  return ["the float network", collect(graph, batch, graph.outputs)];
}

/** As many say how a network does; each takes as long as several of calibration. */
const mostSamples = 256;

/** Compares the outputs of a conversion with those of what it was made of, on the samples, or so many of them, evenly spread. A tfjs backend must be running. */
export async function agreementOf(
  model: tfl.LayersModel | GraphModel,
  conversion: Conversion,
  given: Samples,
  report: Report = silent,
): Promise<Agreement> {
  const { graph } = conversion;
  const samples = (await sampleSetOf(graph, given)).thinned(mostSamples);
  let by: Agreement["with"] = "tfjs";
  const shape = graph.tensors[graph.outputs[0]!]!.shape;
  const classes = shape.at(-1)!;
  const isClassifier = graph.outputs.length === 1 && shape.length === 2 && classes > 1;
  let [done, signal, noise, largestDifference, same] = [0, 0, 0, 0, 0];
  for await (const batch of samples.batches(batchSizeOf(graph))) {
    report(done / samples.count);
    done += batch[0]!.shape[0];
    const [source, truth] = truthOf(model, graph, batch);
    if (source !== "tfjs") by = source;
    const results = outputsOf(conversion, batch);
    truth.forEach((values, which) => {
      const difference = differenceOf(values, results[which]!);
      signal += difference.signal;
      noise += difference.noise;
      largestDifference = Math.max(largestDifference, difference.maxError);
    });
    if (isClassifier) same += sameLargest(truth[0]!, results[0]!, classes);
  }
  return {
    with: by,
    samples: samples.count,
    snr: finite(decibels(signal, noise)),
    largestDifference,
    ...(isClassifier && { top1: same / samples.count }),
  };
}

/** The signal-to-noise ratio of each operator of a quantized model in dB, against the float one on the same weights; null: there is no difference. */
export async function layerAgreement(
  { quantized }: Conversion,
  given: Samples,
  report: Report = silent,
): Promise<(number | null)[]> {
  const { graph } = quantized!;
  const everything = graph.nodes.map((node) => node.output);
  const errors = new LayerErrors(quantized!);
  for await (const { samples, before } of comparedSamples(graph, given)) {
    report(before);
    errors.add(collect(graph, samples, everything), collect(graph, samples, everything, fakeQuantization(quantized!)));
  }
  return errors.rows().map(({ snr }) => finite(snr));
}
