import path from "node:path";
import type * as tfl from "@tensorflow/tfjs-layers";
import { artifactFiles, writeArtifacts } from "tfjs-to-tflite/convert/artifacts.js";
import { convertModel, type Conversion } from "../convert/index.js";
import { savedModelFiles, saveLayersModel } from "tfjs-to-tflite/graph/modelFiles.js";
import { calibrateConfidence, evaluateFloat, evaluateInt8, int8Windows } from "../evaluate/evaluate.js";
import { baselinesOf, type Baseline } from "../evaluate/baselines.js";
import { lossesOf } from "../evaluate/losses.js";
import { metricsOf, type Metrics } from "../evaluate/metrics.js";
import { compress } from "../experiments/compress.js";
import { tfliteKind } from "../lib/fileKinds.js";
import { writeFileAtomic } from "../lib/files.js";
import type { PlannedFile } from "../lib/overwrite.js";
import { lazyProgress, startProgress } from "../lib/progress.js";
import type { Learning } from "../report/data.js";
import type { Dataset } from "../train/dataset.js";
import { checkpointFile, tellingResumes } from "../train/checkpoint.js";
import { saveNotes, saveSplit, saveTrained, trainingFiles } from "../train/store.js";
import { trainModel } from "../train/train.js";
import { compareEngines, describeAgreement, type Agreement } from "./agreement.js";

export interface NetworkOptions {
  seed: number;
  /** Most passes over the recordings; default: the trainer's. */
  epochs?: number;
  /** And after pruning. */
  fineTuneEpochs?: number;
  threshold: number;
}

/** One form of the network and how it does on the held-out windows. */
export interface Evaluated {
  parameters: number;
  bytes: number;
  metrics: Metrics;
}

export interface Networks {
  float: Evaluated;
  pruned: Evaluated;
  int8: Evaluated;
  conversion: Conversion;
  /** The float network, for the cloud. */
  model: tfl.LayersModel;
  /** TensorFlow Lite against the node's engine on the held-out windows. */
  agreement: Agreement;
  /** Of the int8 network on the held-out windows, [window][class]. */
  probabilities: Float32Array;
  learning: Learning[];
  baselines: Baseline[];
  /** Where a form loses what it should not. */
  warnings: string[];
}

const floatTflite = (folder: string): string => path.join(folder, "float.tflite");
const prunedFolder = (folder: string): string => path.join(folder, "pruned");
const convertedName = (folder: string): string => path.join(folder, "model");

/** What makeNetworks writes. */
export const networkFiles = (folder: string): PlannedFile[] => [
  ...trainingFiles(folder),
  { file: floatTflite(folder), kind: tfliteKind },
  ...savedModelFiles(prunedFolder(folder)),
  ...artifactFiles(convertedName(folder)),
];

/** Train, prune, fine-tune, quantize, convert; each form is evaluated on the held-out windows and written into `folder`. @throws UserError when the engines disagree */
export async function makeNetworks(
  folder: string,
  data: Dataset,
  { seed, epochs, fineTuneEpochs, threshold }: NetworkOptions,
): Promise<Networks> {
  const evaluated = (probabilities: Float32Array): Metrics =>
    metricsOf(probabilities, data.test.labels, data.classes.length, threshold);
  const { model, history, best } = await trainModel(data, {
    seed,
    ...tellingResumes(checkpointFile(folder)),
    ...(epochs && { epochs }),
  });
  calibrateConfidence(model, data);
  await saveTrained(folder, model, data);
  await saveNotes(folder, {
    seed,
    node: data.node,
    unfit: { count: data.unfit.count, reasons: data.unfit.reasons },
    history,
  });
  await saveSplit(folder, data.split);
  const float = await convertModel(model, { mode: "float", name: "float" });
  await writeFileAtomic(floatTflite(folder), float.tflite);

  const quantizing = lazyProgress("quantizing", 1);
  const { pruned, tuned, conversion } = await compress(model, data, {
    seed,
    quantizeProgress: quantizing,
    ...(fineTuneEpochs && { epochs: fineTuneEpochs }),
  });
  quantizing.finish(`${conversion.tflite.length.toLocaleString("en-US")} bytes`);
  await saveLayersModel(pruned, prunedFolder(folder));
  await writeArtifacts(conversion, convertedName(folder));
  const smaller = await convertModel(pruned, { mode: "float", name: "pruned" });

  const progress = startProgress("TensorFlow Lite = our engine", data.test.count);
  const agreement = await compareEngines(conversion.tflite, int8Windows(conversion.tflite, data.test, data));
  progress.finish(describeAgreement(agreement));
  const probabilities = await evaluateInt8(conversion.tflite, data.test, data, "micro");
  const forms = {
    float: {
      parameters: model.countParams(),
      bytes: float.tflite.length,
      metrics: evaluated(evaluateFloat(model, data.test, data)),
    },
    pruned: {
      parameters: pruned.countParams(),
      bytes: smaller.tflite.length,
      metrics: evaluated(evaluateFloat(pruned, data.test, data)),
    },
    int8: {
      parameters: conversion.summary.parameters,
      bytes: conversion.summary.bytes,
      metrics: evaluated(probabilities),
    },
  };
  const baselines = baselinesOf(data);
  const stages = Object.entries(forms).map(([name, { metrics }]) => ({ name, metrics }));
  return {
    ...{ model, conversion, agreement, ...forms, probabilities },
    learning: [
      { name: "training", epochs: history, best },
      { name: "fine-tuning after pruning", epochs: tuned.history, best: tuned.best },
    ],
    ...{ baselines, warnings: lossesOf(stages, baselines) },
  };
}
