import type * as tfl from "@tensorflow/tfjs-layers";
import { startBackend } from "tfjs-to-tflite/tf/backend.js";
import { UserError } from "../../lib/errors.js";
import { normalize, usualOf, type Examples, type TrainingData } from "../examples.js";
import { differenceObjective } from "../objective.js";
import { predict } from "../predict.js";
import { trainDefaults, trainTowards, type Trained, type TrainOptions } from "../train.js";
import { autoencoder, autoencoderNetwork, detectorOf, distanceNetwork, scoresOf, type Deviations } from "./detector.js";
import { spreadOf } from "./distance.js";
import { defaultDetector, parseDetector } from "./shapes.js";

export const detectorDefaults = { quantile: 0.99, margin: 1 };

export interface DetectorOptions extends Omit<TrainOptions, "shape"> {
  shape?: string;
  /** The share of training windows below the threshold, 0 to 1. */
  quantile?: number;
  /** The threshold is that quantile times this. */
  margin?: number;
}

/** How a detector came to its threshold. Scores are mean squared deviations. */
export interface DetectorNotes {
  shape: string;
  quantile: number;
  margin: number;
  threshold: number;
  /** Of the training windows. */
  median: number;
}

export interface TrainedDetector extends Trained {
  detector: DetectorNotes;
}

/** A difference of an autoencoder that hardly varies in training is taken for varying by so many of the feature's deviations. */
const leastSpread = 0.02;

/**
 * A network that tells what is like its training windows from what is not, trained without labels; the threshold is a quantile of the scores of the training windows or, where
 * that is higher, of the validation windows. A window whose label says that it deviates is left out.
 * @throws UserError when there are too few or too like windows
 */
export async function trainDetector(given: TrainingData, options: DetectorOptions = {}): Promise<TrainedDetector> {
  await startBackend();
  const { quantile, margin } = { ...detectorDefaults, ...options };
  const { shape = defaultDetector, seed = trainDefaults.seed } = options;
  const data = { ...given, train: usualOf(given.train), validation: usualOf(given.validation) };
  for (const part of ["train", "validation"] as const)
    if (data[part].count === 0)
      throw new UserError(
        `${part}: no window is labelled ${data.classes[0]} or without a label; windows of ordinary days expected`,
      );
  const { deviations, history, best } = await deviationsOf(data, shape, { ...options, seed });
  const [scores, others] = [data.train, data.validation].map((examples) => scoresIn(deviations, examples, data));
  const threshold = margin * Math.max(quantileOf(scores!, quantile), quantileOf(others!, quantile));
  const median = quantileOf(scores!, 0.5);
  if (!(threshold > median))
    throw new UserError(
      `the threshold ${threshold.toPrecision(3)} is no higher than the median score ${median.toPrecision(3)} of the training windows: a higher --quantile or --margin expected`,
    );
  return {
    model: detectorOf(deviations, threshold, median),
    history,
    best,
    detector: { shape, quantile, margin, threshold, median },
  };
}

async function deviationsOf(
  data: TrainingData,
  name: string,
  options: DetectorOptions & { seed: number },
): Promise<{ deviations: Deviations } & Pick<Trained, "history" | "best">> {
  const window = [data.frames, 1, data.featureNames.length];
  const shape = parseDetector(name);
  const input = normalize(data.train.features, data.normalizer);
  if (shape.kind === "distance") {
    const spread = spreadOf(input, data.train.count, shape.centres, options.seed);
    return { deviations: distanceNetwork(window, spread), history: [], best: -1 };
  }
  const model = autoencoder(window, shape.units, options.seed);
  const { history, best } = await trainTowards(model, data, differenceObjective, { ...options, shape: undefined });
  return { deviations: autoencoderNetwork(model, spreadOfDifferences(model, data)), history, best };
}

/** Of the validation windows, which the network has not learned by heart. */
function spreadOfDifferences(model: tfl.LayersModel, { validation, normalizer }: TrainingData): Float64Array {
  const outputs = predict(model, normalize(validation.features, normalizer), validation.count);
  const size = outputs.length / validation.count;
  return Float64Array.from({ length: size }, (_, at) => {
    let sum = 0;
    for (let i = at; i < outputs.length; i += size) sum += outputs[i]! ** 2;
    return Math.max(leastSpread, Math.sqrt(sum / validation.count));
  });
}

const scoresIn = (deviations: Deviations, examples: Examples, { normalizer }: TrainingData): Float64Array =>
  scoresOf(
    predict(deviations.model, normalize(examples.features, normalizer), examples.count),
    examples.count,
    deviations,
  );

function quantileOf(values: Float64Array, share: number): number {
  const sorted = values.slice().sort();
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? 0;
}
