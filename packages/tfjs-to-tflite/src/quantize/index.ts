import type * as tf from "@tensorflow/tfjs-core";
import type { QuantizedGraph } from "../graph/emit.js";
import { macs, type Graph } from "../graph/graph.js";
import { totalBytes } from "../graph/live.js";
import { sampleSetOf, type SampleSet, type Samples } from "../graph/sampleSet.js";
import type { Progress } from "../lib/progress.js";
import { silentProgress } from "../lib/progress.js";
import { averageWithOwnScale } from "./averages.js";
import { fewSamples } from "./calibration.js";
import { withCellSteps } from "./cells.js";
import { correctBiases, samplesOfCorrection } from "./correct.js";
import { equalize } from "./equalize.js";
import { fineTuneQuantized, type QuantizedTuning } from "./fineTune.js";
import { collect, decisionTensors, fakeQuantization, quantizeConstants, relativeError } from "./fake.js";
import { insertRequantization, quantizationGroups, type Group } from "./groups.js";
import { activationRanges, observe, type Histogram } from "./observe.js";
import { stagesOf, type Report } from "./stages.js";
import { chooseParams, rangeMethods, type Range, type RangeMethod } from "./range.js";
import { grids, limitsOf, paramsOf, type ActivationType, type Params } from "../graph/parameters.js";
import { requireKernels, withFloatParts } from "./mixed.js";
import { spreadUnevenDense } from "./unevenDense.js";

export { type QuantizedTuning } from "./fineTune.js";
export { rangeMethods, type RangeMethod } from "./range.js";

export interface QuantizeOptions {
  /** Of the activations; "int16" takes twice the arena, and more time, for errors that come from the int8 weights alone. Default int8. */
  activations?: ActivationType;
  /** With activations of int8 "auto" tries each on every tensor and chooses the one with the smallest error at the outputs; with int16, whose steps are fine enough for any range, and fewer than 20 samples it is "minmax". Default auto. */
  range?: RangeMethod | "auto";
  /** Cross-layer equalization, used when it reduces the error at the outputs. Default true. */
  equalize?: boolean;
  /** Bias correction, used when it reduces the error at the outputs. Default true. */
  biasCorrection?: boolean;
  /** Quantization-aware fine-tuning on the calibration samples, used when it reduces the error at the outputs. Default none. */
  fineTune?: Omit<QuantizedTuning, "progress">;
  /** Of each input a range that does not depend on the samples, or undefined. Default none. */
  inputRanges?: readonly (Range | undefined)[];
  /** Layers with operators that no engine computes with integers stay float32, between DEQUANTIZE and QUANTIZE, which TensorFlow Lite Micro runs and micro does not. Default false: they are an error. */
  mixed?: boolean;
  /** Called with the progress, 0 to 1. */
  progress?: Progress;
}

export interface QuantizeResult {
  quantized: QuantizedGraph;
  /** The range method of every group of activations. */
  ranges: { tensor: string; method: RangeMethod | "fixed" }[];
  equalized: boolean;
  biasCorrected: boolean;
  fineTuned: boolean;
  /** Energy of the error at the outputs (before softmax) over energy of the outputs, on calibration samples; of several outputs the geometric mean. */
  outputError: number;
}

/** Multiply-accumulates that one trial may cost; the samples it runs on are as many as fit. */
const trialMacs = 2e8;

/** Reference of the trials: the float outputs of some samples. */
interface EvaluationSet {
  inputs: readonly tf.Tensor[];
  truth: Float32Array[];
  tensors: number[];
}

/** How many samples a trial runs on. */
function samplesOfTrial(graph: Graph, samples: SampleSet): number {
  const perSample = graph.nodes.reduce((sum, node) => sum + macs(graph, node), 1);
  return Math.min(samples.count, Math.max(8, Math.min(64, Math.floor(trialMacs / perSample))));
}

async function evaluationSet(graph: Graph, samples: SampleSet): Promise<EvaluationSet> {
  const some = await samples.some(samplesOfTrial(graph, samples));
  const tensors = decisionTensors(graph);
  return { inputs: some, tensors, truth: collect(graph, some, tensors) };
}

const errorOf = (quantized: QuantizedGraph, { inputs, truth, tensors }: EvaluationSet): number =>
  relativeError(truth, collect(quantized.graph, inputs, tensors, fakeQuantization(quantized)));

/** What a method chooses for a group. */
function paramsFor(group: Group, histogram: Histogram, method: RangeMethod, type: ActivationType): Params {
  const params = chooseParams(histogram, method, type);
  if (!group.symmetric) return params;
  const largest = Math.max(...limitsOf(params).map(Math.abs));
  return { type, scale: Math.fround(largest / grids[type].max), zeroPoint: 0 };
}

const spread = (groups: readonly Group[], params: readonly Params[]): Map<number, Params> =>
  new Map(groups.flatMap((group, i) => group.tensors.map((tensor) => [tensor, params[i]!] as const)));

interface Ranged {
  quantized: QuantizedGraph;
  methods: (RangeMethod | "fixed")[];
  error: number;
}

interface Alternative extends Ranged {
  equalized: boolean;
  biasCorrected: boolean;
}

/** What a run of one sample costs, in multiply-accumulates; those of a number that is rounded to int8, and of a node's own, as measured with the wasm backend. */
const trialCost = (graph: Graph): number =>
  graph.nodes.reduce((sum, node) => sum + macs(graph, node) + 2e5, 0) + 2.5 * totalBytes(graph);
/** Beyond this, some minutes, the groups are not tried one by one. */
const mostTrialCost = 1e11;

const isTriedAlone = (graph: Graph, groups: readonly Group[], trialSamples: number, tensors: readonly number[]) => {
  const isLarge = trialCost(graph) * trialSamples * groups.length > mostTrialCost;
  return (group: Group): boolean =>
    !group.fixed && (!isLarge || group.tensors.some((tensor) => tensors.includes(tensor)));
};

/** What a run of one sample costs with rounding, and where both networks run side by side, against one in floats: about so, with the wasm backend. */
const [roundedRun, pairedRun] = [4, 8];

/** For the time that is left: the stages of quantizing, in runs of one sample. */
function quantizingStages(
  graph: Graph,
  groups: readonly Group[],
  samples: SampleSet,
  { range = "auto", equalize: evens = true, biasCorrection: corrects = true }: QuantizeOptions,
  report: Report,
) {
  const { count } = samples;
  const trialSamples = samplesOfTrial(graph, samples);
  const alone = groups.filter(isTriedAlone(graph, groups, trialSamples, decisionTensors(graph))).length;
  const trials = range === "auto" ? rangeMethods.length + alone * (rangeMethods.length - 1) : 1;
  const chosen = trials * trialSamples * roundedRun;
  const corrected = corrects ? Math.min(count, samplesOfCorrection(graph)) * pairedRun : 0;
  const alternative = [count, chosen, corrected] as const;
  const [observed, ranged, biased] = evens ? alternative : [0, 0, 0];
  return stagesOf(
    [
      ["ranges", count],
      ["observe", alternative[0]],
      ["choose", alternative[1]],
      ["correct", alternative[2]],
      ["equalize", evens ? count : 0],
      ["ranges evened", evens ? count : 0],
      ["observe evened", observed],
      ["choose evened", ranged],
      ["correct evened", biased],
    ],
    report,
  );
}

/** The ranges of a graph's activations, with those of tensors that a QUANTIZE was inserted for: copies of its input. */
function withCopies(graph: Graph, ranges: ReadonlyMap<number, Range>): Map<number, Range> {
  const all = new Map(ranges);
  for (const { op, inputs, output } of graph.nodes)
    if (op === "QUANTIZE" && !all.has(output)) all.set(output, all.get(inputs[0]!)!);
  return all;
}

/** The share of what comes before fine-tuning. */
const beforeTuning = 0.3;

/** One method for all groups. */
function rangedBy(
  graph: Graph,
  groups: readonly Group[],
  histograms: readonly Histogram[],
  method: RangeMethod,
  evaluation: EvaluationSet,
  type: ActivationType,
): Ranged & { params: Params[] } {
  const params = groups.map((group, i) => group.fixed ?? paramsFor(group, histograms[i]!, method, type));
  const quantized = quantizeConstants(graph, spread(groups, params));
  const methods = groups.map((group): RangeMethod | "fixed" => (group.fixed ? "fixed" : method));
  return { quantized, methods, params, error: errorOf(quantized, evaluation) };
}

/**
 * The best method for all groups; then, group by group, each method in turn, the others as they are: the one with the least error at the outputs
 * stays. In a large network the latter only for the groups of the outputs: what is cut off there is lost for good.
 */
function chooseRanges(
  graph: Graph,
  groups: readonly Group[],
  histograms: readonly Histogram[],
  range: RangeMethod | "auto",
  evaluation: EvaluationSet,
  type: ActivationType,
  report: Report,
): Ranged {
  const by = (method: RangeMethod) => rangedBy(graph, groups, histograms, method, evaluation, type);
  if (range !== "auto") return by(range);
  if (type === "int16") return by("minmax");
  const start = rangeMethods.map(by).reduce((best, each) => (each.error < best.error ? each : best));
  const { methods, params } = start;
  let { quantized, error } = start;
  const isTried = isTriedAlone(graph, groups, evaluation.inputs[0]!.shape[0], evaluation.tensors);
  groups.forEach((group, i) => {
    report(i / groups.length);
    if (!isTried(group)) return;
    const tried = new Set([JSON.stringify(params[i])]);
    for (const method of rangeMethods) {
      const candidate = paramsFor(group, histograms[i]!, method, type);
      if (tried.has(JSON.stringify(candidate))) continue;
      tried.add(JSON.stringify(candidate));
      const trial = quantizeConstants(graph, spread(groups, params.with(i, candidate)));
      const trialError = errorOf(trial, evaluation);
      if (trialError < error) {
        [error, quantized, methods[i], params[i]] = [trialError, trial, method, candidate];
      }
    }
  });
  return { quantized, methods, error };
}

/**
 * Quantizes a float graph to int8, or int16 with int8 weights: ranges from calibration samples, per-channel weights, and two corrections that are used only where they help.
 * @throws UserError naming a layer that activations of int16 do not go through
 */
export async function quantize(float: Graph, given: Samples, options: QuantizeOptions = {}): Promise<QuantizeResult> {
  const { range: asked = "auto", activations: type = "int8", progress = silentProgress } = options;
  const samples = await sampleSetOf(float, given);
  const range = asked === "auto" && samples.count < fewSamples ? "minmax" : asked;
  if (!options.mixed) requireKernels(float, type);
  const dense = spreadUnevenDense(withFloatParts(float, type));
  const fixed = new Map(
    (options.inputRanges ?? []).flatMap((range, i) =>
      range ? [[dense.inputs[i]!, paramsOf(...range, type)] as const] : [],
    ),
  );
  const whole = options.fineTune ? beforeTuning : 1;
  const planned = quantizationGroups(dense, type, fixed);
  const stages = quantizingStages(dense, planned, samples, { ...options, range }, (part) =>
    progress.update(whole * part),
  );
  const ranges = await activationRanges(dense, samples, stages.ranges);
  // int16 has bits to spare for averages at their image's scale.
  const averaged = type === "int8" ? averageWithOwnScale(dense, ranges) : dense;
  const graph = await withCellSteps(insertRequantization(averaged, ranges, type, fixed), samples);
  const groups = quantizationGroups(graph, type, fixed);
  const evaluation = await evaluationSet(graph, samples);
  /** Each with and without bias correction, which undoes much of what one alternative costs more than another. */
  const alternatives = async (
    source: Graph,
    extremes: ReadonlyMap<number, Range>,
    equalized: boolean,
  ): Promise<Alternative[]> => {
    const of = (stage: "observe" | "choose" | "correct"): Report =>
      stages[equalized ? (`${stage} evened` as const) : stage];
    const histograms = await observe(source, groups, samples, extremes, of("observe"));
    const plain = chooseRanges(source, groups, histograms, range, evaluation, type, of("choose"));
    const all: Alternative[] = [{ ...plain, equalized, biasCorrected: false }];
    if (options.biasCorrection ?? true) {
      const quantized = await correctBiases(plain.quantized, samples, of("correct"));
      all.push({ ...plain, quantized, error: errorOf(quantized, evaluation), equalized, biasCorrected: true });
    }
    return all;
  };
  const tried = await alternatives(graph, withCopies(graph, ranges), false);
  const evened = (options.equalize ?? true) ? await equalize(graph, samples, type, stages.equalize) : undefined;
  if (evened)
    tried.push(...(await alternatives(evened, await activationRanges(evened, samples, stages["ranges evened"]), true)));
  let best = tried.reduce((least, each) => (each.error < least.error ? each : least));
  progress.update(whole);
  let fineTuned = false;
  if (options.fineTune) {
    const { graph: before, activations } = best.quantized;
    const trained = quantizeConstants(
      await fineTuneQuantized(before, activations, samples, {
        ...options.fineTune,
        progress: {
          ...progress,
          update: (part, note) => progress.update(beforeTuning + part * (1 - beforeTuning), note),
        },
      }),
      activations,
    );
    const error = errorOf(trained, evaluation);
    if (error < best.error)
      [best, fineTuned] = [{ ...best, quantized: { ...trained, graph: before }, error, biasCorrected: false }, true];
  }
  evaluation.inputs.forEach((input) => input.dispose());
  const chosen = groups.map((group, i) => ({
    tensor: graph.tensors[group.tensors[0]!]!.name,
    method: best.methods[i]!,
  }));
  const { quantized, equalized, biasCorrected, error: outputError } = best;
  return { quantized, ranges: chosen, equalized, biasCorrected, fineTuned, outputError };
}
