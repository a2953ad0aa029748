import { createHash } from "node:crypto";
import * as tf from "@tensorflow/tfjs-core";
import type * as tfl from "@tensorflow/tfjs-layers";
import { UserError } from "../lib/errors.js";
import { startProgress, type Progress } from "../lib/progress.js";
import { Random } from "../lib/random.js";
import { Adam } from "./adam.js";
import { startBackend } from "tfjs-to-tflite/tf/backend.js";
import { loadCheckpoint, saveCheckpoint, type CheckpointAbout, type Epoch } from "./checkpoint.js";
import { gather, normalize, type TrainingData } from "./examples.js";
import { makeNetwork } from "./network.js";
import { classObjective, type Objective } from "./objective.js";
import { predict } from "./predict.js";
import type { NetworkShape } from "./shapes.js";

export interface TrainOptions {
  seed?: number;
  epochs?: number;
  batch?: number;
  /** Highest rate; it rises over the first twentieth and falls to 0 along a cosine. */
  rate?: number;
  weightDecay?: number;
  /** Epochs without a better validation loss after which training ends. */
  patience?: number;
  /** Weight of a class: (windows / (classes * windows of the class)) ^ balance. 0: all alike, 1: rare classes count as much as common ones. */
  balance?: number;
  /** Share of the truth that is spread over all classes. */
  smoothing?: number;
  /** Where state is kept after each epoch; an interrupted training resumes from it with the same result. */
  checkpoint?: string;
  /** false: restart even when there is a checkpoint of this training. */
  resume?: boolean;
  progress?: Progress;
  /** A checkpoint is resumed from: told the epochs that it has. */
  onResume?: (epochs: number) => void;
  /** A checkpoint is of another training, from which nothing can be taken: told in what it differs. */
  onOther?: (difference: string) => void;
  shape?: NetworkShape;
  /** Ends after so many epochs of the schedule; with the same checkpoint a later call goes on from there. Default: all of them. */
  until?: number;
  signal?: AbortSignal;
}

export interface FineTuneOptions extends TrainOptions {
  /** The network's own probabilities are drawn to this one's, by half the loss. */
  teacher?: tfl.LayersModel;
}

export interface Trained {
  model: tfl.LayersModel;
  history: Epoch[];
  /** Epoch whose weights were kept, counted from 0. */
  best: number;
}

export const trainDefaults = {
  seed: 1,
  epochs: 24,
  batch: 64,
  rate: 0.002,
  weightDecay: 1,
  patience: 15,
  balance: 0.5,
  smoothing: 0.02,
};

/** Trains a new network (network.ts). The same data, options and backend give the same weights. */
export async function trainModel(data: TrainingData, options: TrainOptions = {}): Promise<Trained> {
  await startBackend();
  const model = makeNetwork(
    data.frames,
    data.featureNames.length,
    data.classes.length,
    options.seed ?? trainDefaults.seed,
    options.shape,
    data.steps,
  );
  return fit(model, data, options, "training");
}

/** Trains any network on the windows' features towards an objective of its own, in place. */
export async function trainTowards(
  model: tfl.LayersModel,
  data: TrainingData,
  objective: Objective,
  options: TrainOptions,
): Promise<Trained> {
  await startBackend();
  return fit(model, data, options, "training", objective);
}

/** Trains a network further, in place: after pruning, or with new recordings. With a teacher, by distillation. Fewer epochs and a lower rate by default. */
export async function fineTune(
  model: tfl.LayersModel,
  data: TrainingData,
  options: FineTuneOptions = {},
): Promise<Trained> {
  await startBackend();
  return fit(model, data, { epochs: 15, rate: 0.001, ...options }, "fine-tuning");
}

async function fit(
  model: tfl.LayersModel,
  data: TrainingData,
  given: FineTuneOptions,
  label: string,
  towards?: Objective,
): Promise<Trained> {
  const options = { ...trainDefaults, ...given };
  const { seed, epochs, batch, rate } = options;
  const objective = towards ?? classObjective(data, options);
  const { train, validation } = data;
  const windowSize = data.frames * data.featureNames.length;
  const batches = Math.floor(train.count / batch) || 1;
  const progress = options.progress ?? startProgress(label, epochs * batches);
  const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
  const adam = new Adam(
    variables.map(({ size }) => size),
    variables.map(({ rank }) => rank > 1),
    options.weightDecay,
  );
  const weights = variables.map((variable) => variable.dataSync() as Float32Array);
  const validationInput = normalize(validation.features, data.normalizer);
  const print = fingerprint(model, data, options, objective);
  const about = aboutOf(data, options);
  const history: Epoch[] = [];
  let best = { loss: Infinity, epoch: -1, weights: readAll(model) };
  const saved =
    options.checkpoint && options.resume !== false
      ? await loadCheckpoint(options.checkpoint, print, about, options.onOther)
      : undefined;
  if (saved) {
    writeAll(model, saved.weights);
    variables.forEach((variable, index) => weights[index]!.set(variable.dataSync()));
    adam.step = saved.adamStep;
    saved.adamFirst.forEach((values, index) => adam.first[index]!.set(values));
    saved.adamSecond.forEach((values, index) => adam.second[index]!.set(values));
    history.push(...saved.history);
    best = saved.best;
    options.onResume?.(history.length);
  }
  for (
    let epoch = history.length;
    epoch < Math.min(epochs, options.until ?? epochs) && epoch - best.epoch <= options.patience;
    epoch++
  ) {
    const random = new Random(`train/${seed}/${epoch}`);
    const order = random.order(train.count);
    let lossSum = 0;
    for (let b = 0; b < batches; b++) {
      const from = b * batch;
      const to = Math.min(train.count, from + batch);
      const raw = gather(train, order, from, to, windowSize);
      data.augmentation?.vary(raw, to - from, random);
      const input = normalize(raw, data.normalizer);
      const { loss, gradients } = objective.batch(model, variables, input, order.subarray(from, to));
      if (!Number.isFinite(loss))
        throw new UserError(
          `training diverged: the loss is ${loss} in epoch ${epoch + 1}; try a lower rate than ${rate}`,
        );
      adam.update(weights, gradients, rate * schedule((epoch * batches + b) / (epochs * batches)));
      variables.forEach((variable, index) =>
        tf.tidy(() => variable.assign(tf.tensor(weights[index]!, variable.shape))),
      );
      lossSum += loss;
      progress.update(epoch * batches + b + 1);
      // Keeps the terminal, and whoever wants to stop this, alive.
      if (b % 4 === 3) await new Promise((resolve) => setImmediate(resolve));
      options.signal?.throwIfAborted();
    }
    const score = objective.score(predict(model, validationInput, validation.count));
    const { loss } = score;
    history.push({ trainLoss: lossSum / batches, ...score });
    if (loss < best.loss) best = { loss, epoch, weights: readAll(model) };
    progress.update(
      (epoch + 1) * batches,
      `epoch ${epoch + 1}/${epochs}, loss ${loss.toFixed(3)}${accuracyText(score)}`,
    );
    if (options.checkpoint) {
      await saveCheckpoint(options.checkpoint, {
        fingerprint: print,
        about,
        epoch,
        weights: readAll(model),
        adamStep: adam.step,
        adamFirst: adam.first,
        adamSecond: adam.second,
        best,
        history,
      });
    }
  }
  writeAll(model, best.weights);
  objective.dispose?.();
  const kept = history[best.epoch];
  progress.finish(
    kept ? `${history.length} epochs, validation loss ${kept.loss.toFixed(3)}${accuracyText(kept)}` : "no epoch",
  );
  return { model, history, best: best.epoch };
}

/** Share of the highest rate, at `done` of the whole way. */
function schedule(done: number): number {
  const warm = 0.05;
  return done < warm ? (done + 1e-3) / (warm + 1e-3) : 0.5 + 0.5 * Math.cos((Math.PI * (done - warm)) / (1 - warm));
}

const accuracyText = ({ accuracy }: { accuracy?: number }): string =>
  accuracy === undefined ? "" : `, accuracy ${(100 * accuracy).toFixed(1)} %`;

const readAll = (model: tfl.LayersModel): Float32Array[] =>
  model.getWeights().map((weight) => weight.dataSync().slice() as Float32Array);

function writeAll(model: tfl.LayersModel, values: Float32Array[]): void {
  const shapes = model.getWeights().map(({ shape }) => shape);
  tf.tidy(() => model.setWeights(values.map((value, index) => tf.tensor(value, shapes[index]))));
}

function aboutOf(
  { featureNames, classes, node }: TrainingData,
  { seed, epochs, batch, rate, weightDecay, patience, balance, smoothing }: typeof trainDefaults,
): CheckpointAbout {
  const options = { seed, epochs, batch, rate, "weight decay": weightDecay, patience, balance, smoothing };
  return { options, features: featureNames, classes, node };
}

function fingerprint(
  model: tfl.LayersModel,
  data: TrainingData,
  { seed, epochs, batch, rate, weightDecay, patience, teacher }: FineTuneOptions,
  { print }: Objective,
): string {
  const hash = createHash("sha256");
  hash.update(JSON.stringify([seed, epochs, batch, rate, weightDecay, patience, print, data.featureNames]));
  for (const { features, labels } of [data.train, data.validation])
    hash.update(new Uint8Array(features.buffer, features.byteOffset, features.byteLength)).update(labels);
  for (const one of teacher ? [model, teacher] : [model]) for (const values of readAll(one)) hash.update(values);
  return hash.digest("hex");
}
