import path from "node:path";
import type * as tfl from "@tensorflow/tfjs-layers";
import { convertModel, saveLayersModel, writeArtifacts, type Conversion } from "../convert/index.js";
import { calibrateConfidence, evaluateFloat, evaluateInt8 } from "../evaluate/evaluate.js";
import { judge, type Judgement } from "../evaluate/metrics.js";
import { compress } from "../experiments/compress.js";
import { UserError } from "../lib/errors.js";
import { writeFileAtomic } from "../lib/files.js";
import { startProgress } from "../lib/progress.js";
import type { TrainingData } from "../train/examples.js";
import { saveTrained } from "../train/store.js";
import { trainModel } from "../train/train.js";

export interface NetworkOptions {
  seed: number;
  /** Most passes over the recordings; default: the trainer's. */
  epochs?: number;
  /** And after pruning. */
  fineTuneEpochs?: number;
  threshold: number;
}

/** One form of the network and how it does on the held-out windows. */
export interface Judged {
  parameters: number;
  bytes: number;
  judgement: Judgement;
}

export interface Networks {
  float: Judged;
  pruned: Judged;
  int8: Judged;
  conversion: Conversion;
  /** The float network, for the cloud. */
  model: tfl.LayersModel;
  /** Held-out windows on which TensorFlow Lite and the node's engine gave the same bytes: all of them. */
  compared: number;
}

/** Probabilities on the held-out windows, after both engines gave the same ones. @throws UserError naming the first window where they do not */
async function agreed(tflite: Uint8Array, data: TrainingData): Promise<Float32Array> {
  const ours = await evaluateInt8(tflite, data.test, data, "micro");
  const theirs = await evaluateInt8(tflite, data.test, data, "tflite");
  const different = ours.findIndex((value, at) => value !== theirs[at]);
  if (different < 0) return ours;
  const classes = data.classes.length;
  throw new UserError(`held-out window ${Math.floor(different / classes)}, class ${data.classes[different % classes]}: the node's engine gives ${ours[different]}, TensorFlow Lite ${theirs[different]}`);
}

/** Train, prune, fine-tune, quantize, convert; each form is judged on the held-out windows and written into `folder`. @throws UserError when the engines disagree */
export async function makeNetworks(folder: string, data: TrainingData, { seed, epochs, fineTuneEpochs, threshold }: NetworkOptions): Promise<Networks> {
  const judged = (probabilities: Float32Array): Judgement => judge(probabilities, data.test.labels, data.classes.length, threshold);
  const { model } = await trainModel(data, { seed, checkpoint: path.join(folder, "checkpoint.bin"), ...(epochs && { epochs }) });
  calibrateConfidence(model, data);
  await saveTrained(folder, model, data.normalizer);
  const float = await convertModel(model, { mode: "float", name: "float" });
  await writeFileAtomic(path.join(folder, "float.tflite"), float.tflite);

  const { pruned, conversion } = await compress(model, data, { seed, ...(fineTuneEpochs && { epochs: fineTuneEpochs }) });
  await saveLayersModel(pruned, path.join(folder, "pruned"));
  await writeArtifacts(conversion, path.join(folder, "model"));
  const smaller = await convertModel(pruned, { mode: "float", name: "pruned" });

  const progress = startProgress("TensorFlow Lite = our engine", data.test.count);
  const int8 = judged(await agreed(conversion.tflite, data));
  progress.finish(`same bytes on ${data.test.count} windows`);
  return {
    model, conversion, compared: data.test.count,
    float: { parameters: model.countParams(), bytes: float.tflite.length, judgement: judged(evaluateFloat(model, data.test, data)) },
    pruned: { parameters: pruned.countParams(), bytes: smaller.tflite.length, judgement: judged(evaluateFloat(pruned, data.test, data)) },
    int8: { parameters: conversion.summary.parameters, bytes: conversion.summary.bytes, judgement: int8 },
  };
}
