import type * as tfl from "@tensorflow/tfjs-layers";
import { calibrateConfidence } from "../evaluate/evaluate.js";
import { convertModel, type Conversion } from "../convert/index.js";
import { silentProgress, type Progress } from "../lib/progress.js";
import { pruneModel } from "tfjs-to-tflite/prune/index.js";
import { calibrationWindows } from "../train/calibration.js";
import type { TrainingData } from "../train/examples.js";
import { fineTune, type Trained } from "../train/train.js";

/** Share of all filters that is removed. */
export const pruneRatio = 0.4;

/**
 * Shares by layer that together remove 40 % of all filters of the example's network. Most comes from the middle layer, whose filters stand in both of the
 * large products: a filter there saves about twice the bytes of one elsewhere.
 */
const pruneShares = { conv1_pointwise: 0.1, conv2_pointwise: 0.68, conv3_pointwise: 0.287 };

export interface CompressOptions {
  seed: number;
  /** Passes over the training windows after pruning. */
  epochs?: number;
  name?: string;
  shares?: Record<string, number>;
  /** A bar for each step; default: none for the conversion, the trainer's own for fine-tuning. */
  fineTuneProgress?: Progress;
  quantizeProgress?: Progress;
}

export interface Compressed {
  pruned: tfl.LayersModel;
  /** How the fine-tuning went. */
  tuned: Pick<Trained, "history" | "best">;
  /** Folded into the pruned network before it was quantized. */
  temperature: number;
  conversion: Conversion;
}

/** Float network -> 40 % of its filters removed, fine-tuned by distillation, confidence calibrated, int8 .tflite. The given network stays as it is. */
export async function compress(
  model: tfl.LayersModel,
  data: TrainingData,
  options: CompressOptions,
): Promise<Compressed> {
  const { seed, name = "model", shares = pruneShares } = options;
  const pruned = await pruneModel(model, { ratio: pruneRatio, ratios: shares });
  const { history, best } = await fineTune(pruned, data, {
    teacher: model,
    seed,
    ...(options.epochs && { epochs: options.epochs }),
    ...(options.fineTuneProgress && { progress: options.fineTuneProgress }),
  });
  const temperature = calibrateConfidence(pruned, data);
  const conversion = await quantizeNetwork(pruned, data, {
    seed,
    name,
    ...(options.quantizeProgress && { progress: options.quantizeProgress }),
  });
  return { pruned, tuned: { history, best }, temperature, conversion };
}

/** Float network -> int8 .tflite, calibrated on some of the training windows. */
export function quantizeNetwork(
  model: tfl.LayersModel,
  data: TrainingData,
  { seed, name, progress = silentProgress }: { seed: number; name: string; progress?: Progress },
): Promise<Conversion> {
  const calibration = calibrationWindows(data, seed);
  return convertModel(model, { mode: "int8", name, calibration, progress, node: data.node });
}
