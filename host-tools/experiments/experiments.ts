import path from "node:path";
import { rm } from "node:fs/promises";
import type { NodeConfig } from "../../device/config.js";
import { featureLayout, type FeatureGroup } from "../../device/features/layout.js";
import { calibrateConfidence, evaluateFloat, evaluateInt8 } from "../evaluate/evaluate.js";
import { metricsOf, type Metrics } from "../evaluate/metrics.js";
import { infer } from "../inference/index.js";
import { buildRoot } from "../lib/paths.js";
import { UserError } from "../lib/errors.js";
import { silentProgress, type Progress } from "../lib/progress.js";
import { generateRecordings } from "../recordings/generate.js";
import { loadDataset } from "../train/dataset.js";
import { selectFeatures, type TrainingData } from "../train/examples.js";
import { trainModel } from "../train/train.js";
import { compress } from "./compress.js";
import { difference, figureOf, type Figure } from "../evaluate/statistics.js";

/** Sets of features that are compared; the last is the node's own. */
export const featureSets: { name: string; groups: FeatureGroup[] }[] = [
  { name: "time statistics", groups: ["time"] },
  { name: "time + frequency", groups: ["time", "frequency"] },
  { name: "time + cross-sensor", groups: ["time", "cross"] },
  { name: "all", groups: ["time", "frequency", "cross", "raw"] },
];

export interface ExperimentOptions {
  seeds: number[];
  /** Recordings to use for all seeds; default: new simulated days for each seed. */
  recordings?: string;
  days?: number;
  epochs?: number;
  /** Called after each of the 5 steps of a seed. */
  progress: Progress;
}

export interface ExperimentResult {
  seeds: number[];
  simulated: boolean;
  /** Held-out windows by seed. */
  windows: number[];
  /** Accuracy in per cent, by set of features. */
  ablation: { features: string; columns: number; accuracy: Figure }[];
  stages: { float: Figure; pruned: Figure; int8: Figure };
  /** Points lost. */
  pruneCost: Figure;
  int8Cost: Figure;
  /** Points that frequency and cross-sensor features bring over time statistics. */
  featureGain: Figure;
  parameters: { float: number; pruned: number; int8: number };
  /** Largest over the seeds. */
  tfliteBytes: number;
  arenaBytes: number;
  macs: number;
  calibrationError: Figure;
  /** Per cent of windows that the node defers, and of the others the share that it labels right. */
  cloudShare: Figure;
  localAccuracy: Figure;
}

export function columnsOf(config: NodeConfig, groups: FeatureGroup[]): number[] {
  return featureLayout(config)
    .ranges.filter(({ group }) => groups.includes(group))
    .flatMap(({ from, to }) => Array.from({ length: to - from }, (_, index) => from + index));
}

async function dataFor(
  config: NodeConfig,
  seed: number,
  { recordings, days = 36 }: ExperimentOptions,
): Promise<TrainingData> {
  if (recordings) return loadDataset(recordings, config, { seed, progress: silentProgress });
  const directory = path.join(buildRoot, "experiments", `seed${seed}`);
  await generateRecordings(directory, config, { days, seed, progress: silentProgress });
  const data = await loadDataset(directory, config, { seed, progress: silentProgress });
  await rm(directory, { recursive: true, force: true });
  return data;
}

interface SeedResult {
  ablation: number[];
  float: Metrics;
  pruned: Metrics;
  int8: Metrics;
  parameters: { float: number; pruned: number; int8: number };
  tfliteBytes: number;
  arenaBytes: number;
  macs: number;
}

async function runSeed(
  config: NodeConfig,
  seed: number,
  options: ExperimentOptions,
  onStep: (what: string) => void,
): Promise<SeedResult> {
  const data = await dataFor(config, seed, options);
  const { threshold } = config.policy;
  const evaluated = (probabilities: Float32Array): Metrics =>
    metricsOf(probabilities, data.test.labels, data.classes.length, threshold);
  const training = { seed, progress: silentProgress, ...(options.epochs && { epochs: options.epochs }) };
  const ablation: number[] = [];
  for (const { name, groups } of featureSets.slice(0, -1)) {
    onStep(`seed ${seed}: ${name}`);
    const some = selectFeatures(data, columnsOf(config, groups));
    const { model } = await trainModel(some, training);
    ablation.push(100 * evaluated(evaluateFloat(model, some.test, some)).accuracy);
    model.dispose();
  }
  onStep(`seed ${seed}: all features`);
  const { model } = await trainModel(data, training);
  calibrateConfidence(model, data);
  const float = evaluated(evaluateFloat(model, data.test, data));
  onStep(`seed ${seed}: prune, int8`);
  const { pruned, conversion } = await compress(model, data, { seed, fineTuneProgress: silentProgress });
  const { tflite, summary } = conversion;
  const int8 = evaluated(await evaluateInt8(tflite, data.test, data, "tflite"));
  const [first] = await infer(tflite, [[new Uint8Array(data.frames * data.featureNames.length)]], { backend: "micro" });
  return {
    ablation: [...ablation, 100 * float.accuracy],
    float,
    pruned: evaluated(evaluateFloat(pruned, data.test, data)),
    int8,
    parameters: { float: model.countParams(), pruned: pruned.countParams(), int8: summary.parameters },
    tfliteBytes: tflite.length,
    arenaBytes: first!.arenaUsed!,
    macs: summary.macs,
  };
}

/** The example's figures, with mean and spread over seeds: what features are worth, and what pruning and int8 cost. */
export async function runExperiments(config: NodeConfig, options: ExperimentOptions): Promise<ExperimentResult> {
  if (columnsOf(config, featureSets[0]!.groups).length === 0)
    throw new UserError(
      "features.statistics is empty: these experiments compare time statistics with further features, so some are expected",
    );
  const results: SeedResult[] = [];
  let done = 0;
  for (const seed of options.seeds) {
    results.push(await runSeed(config, seed, options, (what) => options.progress.update(done++, what)));
  }
  const over = (value: (result: SeedResult) => number): Figure => figureOf(results.map(value));
  const accuracy = (stage: "float" | "pruned" | "int8"): Figure => over((result) => 100 * result[stage].accuracy);
  const stages = { float: accuracy("float"), pruned: accuracy("pruned"), int8: accuracy("int8") };
  const ablation = featureSets.map(({ name, groups }, index) => ({
    features: name,
    columns: columnsOf(config, groups).length,
    accuracy: over((result) => result.ablation[index]!),
  }));
  const largest = (value: (result: SeedResult) => number): number => Math.max(...results.map(value));
  return {
    seeds: options.seeds,
    simulated: options.recordings === undefined,
    windows: results.map(({ float }) => float.windows),
    ablation,
    stages,
    pruneCost: difference(stages.float, stages.pruned),
    int8Cost: difference(stages.pruned, stages.int8),
    featureGain: difference(ablation.at(-1)!.accuracy, ablation[0]!.accuracy),
    parameters: results[0]!.parameters,
    tfliteBytes: largest(({ tfliteBytes }) => tfliteBytes),
    arenaBytes: largest(({ arenaBytes }) => arenaBytes),
    macs: largest(({ macs }) => macs),
    calibrationError: over(({ int8 }) => 100 * int8.calibrationError),
    cloudShare: over(({ int8 }) => 100 * int8.atThreshold.cloud),
    localAccuracy: over(({ int8 }) => 100 * int8.atThreshold.accuracy),
  };
}
