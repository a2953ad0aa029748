import path from "node:path";
import type { NodeConfig } from "../../device/config.js";
import { pruneRatio } from "../experiments/compress.js";
import type { ExperimentResult } from "../experiments/experiments.js";
import type { Figure } from "../evaluate/statistics.js";
import type { Experiments, Explorer, RecordedDay, ReportData, Spread, Stage, Unfit } from "../report/data.js";
import type { Dataset } from "../train/dataset.js";
import { describeAgreement } from "./agreement.js";
import type { Evaluated, Networks } from "./networks.js";

function stage(name: string, note: string, { parameters, bytes, metrics }: Evaluated): Stage {
  const { accuracy, balancedAccuracy, macroF1, confusion, reliability, calibrationError } = metrics;
  return {
    name,
    note,
    parameters,
    bytes,
    accuracy,
    balancedAccuracy,
    macroF1,
    confusion,
    reliability,
    calibrationError,
  };
}

export interface ReportParts {
  config: NodeConfig;
  data: Dataset;
  simulated: boolean;
  networks: Networks;
  explorer: Explorer;
  arena: ReportData["arena"];
  day: RecordedDay;
  command: string;
  experiments: ExperimentResult | undefined;
}

/** From per cent and points to shares. */
const spreadOf = ({ mean, deviation }: Figure): Spread => ({ mean: mean / 100, deviation: deviation / 100 });

const experimentsOf = ({ seeds, ablation, pruneCost, int8Cost }: ExperimentResult): Experiments => ({
  seeds,
  ablation: ablation.map(({ features, accuracy }) => ({
    features,
    accuracies: accuracy.values.map((value) => value / 100),
    ...spreadOf(accuracy),
  })),
  pruneCost: spreadOf(pruneCost),
  int8Cost: spreadOf(int8Cost),
});

const unfitOf = ({ unfit, train, validation, test }: Dataset): Unfit => ({
  count: unfit.count,
  fit: train.count + validation.count + test.count,
  reasons: unfit.reasons,
  windows: unfit.windows.map(({ file, time, reasons }) => ({ recording: path.basename(file), time, reasons })),
});

export function reportData({
  config,
  data,
  simulated,
  networks,
  explorer,
  arena,
  day,
  command,
  experiments,
}: ReportParts): ReportData {
  return {
    title: `loam: the ${config.name} node`,
    made: new Date().toISOString().slice(0, 10),
    command,
    node: {
      name: config.name,
      classes: config.classes,
      threshold: config.policy.threshold,
      arenaBudget: config.model.arenaBytes,
      sensors: config.sensors.map(({ name, unit }) => ({ name, unit })),
    },
    recordings: { simulated, train: data.train.count, validation: data.validation.count, test: data.test.count },
    stages: [
      stage("float", "As trained.", networks.float),
      stage("pruned", `${Math.round(100 * pruneRatio)} % of the filters removed, fine-tuned.`, networks.pruned),
      stage("int8", `TensorFlow Lite and the node's engine: ${describeAgreement(networks.agreement)}.`, networks.int8),
    ],
    baselines: networks.baselines,
    warnings: networks.warnings,
    thresholds: networks.int8.metrics.thresholds.map(({ accuracy, ...row }) => ({
      ...row,
      accuracy: Number.isFinite(accuracy) ? accuracy : null,
    })),
    learning: networks.learning,
    explorer,
    unfit: unfitOf(data),
    arena,
    day,
    ...(experiments && { experiments: experimentsOf(experiments) }),
  };
}
