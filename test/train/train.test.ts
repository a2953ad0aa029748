// Slow: trains networks
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import test from "ava";
import * as tf from "@tensorflow/tfjs-core";
import { calibrateConfidence, evaluateFloat } from "../../host-tools/evaluate/evaluate.js";
import { silentProgress } from "../../host-tools/lib/progress.js";
import { Random } from "../../host-tools/lib/random.js";
import { Adam } from "../../host-tools/train/adam.js";
import { startBackend } from "tfjs-to-tflite/tf/backend.js";
import { countMacs } from "../../host-tools/train/benchmark.js";
import {
  fitNormalizer,
  normalize,
  normalizedLimit,
  selectFeatures,
  type Examples,
  type TrainingData,
} from "../../host-tools/train/examples.js";
import { makeNetwork } from "../../host-tools/train/network.js";
import type { NetworkShape } from "../../host-tools/train/shapes.js";
import { saveTrained, loadFloatModel } from "../../host-tools/train/store.js";
import { weightsOfClasses } from "../../host-tools/train/objective.js";
import { fineTune, trainModel, type TrainOptions } from "../../host-tools/train/train.js";

const frames = 15;
const featureCount = 6;
const shape: NetworkShape = { kind: "separable", filters: [8, 16, 16], strides: [2, 2, 2], kernel: 3 };

/** Three classes: a level, a trend along the frames, neither. */
function examples(random: Random, count: number): Examples {
  const features = new Float32Array(count * frames * featureCount);
  const labels = new Int32Array(count);
  for (let window = 0; window < count; window++) {
    const label = (labels[window] = window % 3);
    for (let frame = 0; frame < frames; frame++)
      for (let f = 0; f < featureCount; f++) {
        const signal = label === 0 && f === 1 ? 1.5 : label === 1 && f === 2 ? (frame - 7) / 4 : 0;
        features[(window * frames + frame) * featureCount + f] = 10 * f + (1 + f) * (signal + random.normal());
      }
  }
  return { count, features, labels };
}

function makeData(): TrainingData {
  const random = new Random("train.test");
  const train = examples(random, 192);
  return {
    frames,
    featureNames: Array.from({ length: featureCount }, (_, f) => `f${f}`),
    classes: ["level", "trend", "neither"],
    train,
    validation: examples(random, 96),
    test: examples(random, 150),
    normalizer: fitNormalizer(train, featureCount),
    augmentation: {
      vary: (features, _windows, by) => features.forEach((value, at) => (features[at] = value + 0.02 * by.normal())),
    },
  };
}

const data = makeData();
const base: TrainOptions = { seed: 5, epochs: 10, batch: 32, rate: 0.01, shape, progress: silentProgress };
const weightsOf = (model: { getWeights(): tf.Tensor[] }): number[] =>
  model.getWeights().flatMap((weight) => [...weight.dataSync()]);

test.before(async () => {
  await startBackend("wasm");
});

test.serial("training learns, and the same seed gives bit-identical weights", async (t) => {
  const first = await trainModel(data, base);
  const again = await trainModel(data, base);
  const other = await trainModel(data, { ...base, seed: 6 });
  t.deepEqual(weightsOf(again.model), weightsOf(first.model));
  t.deepEqual(again.history, first.history);
  t.notDeepEqual(weightsOf(other.model), weightsOf(first.model));
  t.true(first.history.at(-1)!.accuracy! > 0.7, `validation accuracy ${first.history.at(-1)!.accuracy}`);
});

test.serial("training that is interrupted after any epoch and resumed gives the same result", async (t) => {
  const folder = await mkdtemp(path.join(tmpdir(), "loam-train-"));
  t.teardown(() => rm(folder, { recursive: true }));
  const whole = await trainModel(data, base);
  for (const stopIn of [1, 3]) {
    const checkpoint = path.join(folder, `checkpoint${stopIn}.bin`);
    const controller = new AbortController();
    const stepsAnEpoch = 6;
    const progress = {
      ...silentProgress,
      update: (done: number) => void (done === stopIn * stepsAnEpoch + 3 && controller.abort(new Error("interrupted"))),
    };
    await t.throwsAsync(trainModel(data, { ...base, checkpoint, progress, signal: controller.signal }), {
      message: "interrupted",
    });
    let resumedAt = -1;
    const watch = { ...silentProgress, update: (done: number) => void (resumedAt < 0 && (resumedAt = done)) };
    const resumed = await trainModel(data, { ...base, checkpoint, progress: watch });
    t.is(resumedAt, stopIn * stepsAnEpoch + 1);
    t.deepEqual(weightsOf(resumed.model), weightsOf(whole.model));
    t.deepEqual(resumed.history, whole.history);
  }
});

test.serial("a checkpoint of another training run is not used", async (t) => {
  const folder = await mkdtemp(path.join(tmpdir(), "loam-train-"));
  t.teardown(() => rm(folder, { recursive: true }));
  const checkpoint = path.join(folder, "checkpoint.bin");
  await trainModel(data, { ...base, epochs: 2, checkpoint });
  const { history } = await trainModel(data, { ...base, epochs: 2, seed: 9, checkpoint });
  t.deepEqual(history, (await trainModel(data, { ...base, epochs: 2, seed: 9 })).history);
});

test.serial("early stopping ends training and keeps the best epoch's weights", async (t) => {
  const { history, best, model } = await trainModel(data, { ...base, epochs: 60, rate: 0.03, patience: 3 });
  t.true(history.length < 60);
  t.is(history.length - 1 - best, 3);
  const losses = history.map(({ loss }) => loss);
  t.is(losses.indexOf(Math.min(...losses)), best);
  const probabilities = evaluateFloat(model, data.validation, data);
  const loss =
    data.validation.labels.reduce((sum, label, window) => sum - Math.log(probabilities[3 * window + label]!), 0) /
    data.validation.count;
  t.true(Math.abs(loss - losses[best]!) < 1e-6);
});

test.serial("fine-tuning with a teacher (distillation) brings a network's outputs towards the teacher's", async (t) => {
  const { model: teacher } = await trainModel(data, base);
  const student = makeNetwork(frames, featureCount, 3, 77, shape);
  const distance = (): number => {
    const [a, b] = [evaluateFloat(student, data.validation, data), evaluateFloat(teacher, data.validation, data)];
    return a.reduce((sum, value, index) => sum + Math.abs(value - b[index]!), 0) / a.length;
  };
  const before = distance();
  await fineTune(student, data, { teacher, seed: 1, epochs: 8, rate: 0.01, progress: silentProgress });
  t.true(distance() < 0.75 * before, `${before} -> ${distance()}`);
});

test.serial("calibration does not change a verdict, and does not increase the validation loss", async (t) => {
  const { model } = await trainModel(data, base);
  const before = evaluateFloat(model, data.validation, data);
  const temperature = calibrateConfidence(model, data);
  const after = evaluateFloat(model, data.validation, data);
  t.true(temperature > 0.125 && temperature < 8);
  const loss = (p: Float32Array): number =>
    data.validation.labels.reduce((sum, label, window) => sum - Math.log(p[3 * window + label]!), 0);
  t.true(loss(after) <= loss(before) + 1e-3);
  for (let window = 0; window < data.validation.count; window++) {
    const verdict = (p: Float32Array): number =>
      p.subarray(3 * window, 3 * window + 3).indexOf(Math.max(...p.subarray(3 * window, 3 * window + 3)));
    t.is(verdict(after), verdict(before));
  }
});

test.serial("a saved model predicts for the cloud what it predicted before", async (t) => {
  const folder = await mkdtemp(path.join(tmpdir(), "loam-train-"));
  t.teardown(() => rm(folder, { recursive: true }));
  const { model } = await trainModel(data, { ...base, epochs: 1 });
  await saveTrained(folder, model, data);
  const predictor = await loadFloatModel(path.join(folder, "float"));
  const window = normalize(data.test.features.subarray(0, frames * featureCount), data.normalizer);
  t.deepEqual(
    [...(await predictor(window, frames, featureCount))],
    [
      ...evaluateFloat(
        model,
        { ...data.test, count: 1, features: data.test.features.subarray(0, frames * featureCount) },
        data,
      ),
    ],
  );
});

test.serial("Adam without decay takes the same steps as tfjs's own", (t) => {
  const start = [0.5, -1.25, 3];
  const gradients = [
    [0.1, -2, 0],
    [0.3, 1, 0.01],
    [-0.2, 0.5, 5],
  ];
  const weights = [Float32Array.from(start)];
  const adam = new Adam([3], [false], 0);
  const variable = tf.variable(tf.tensor1d(start));
  const theirs = tf.train.adam(0.01);
  for (const gradient of gradients) {
    adam.update(weights, [Float32Array.from(gradient)], 0.01);
    theirs.applyGradients({ [variable.name]: tf.tensor1d(gradient) } as never);
  }
  variable.dataSync().forEach((value, index) => t.true(Math.abs(value - weights[0]![index]!) < 1e-5));
});

test.serial("the network of the example: about 525,000 parameters, three depthwise-separable layers", (t) => {
  const model = makeNetwork(15, 35, 6, 1);
  t.true(Math.abs(model.countParams() - 525_000) < 10_000, String(model.countParams()));
  t.is(model.layers.filter((layer) => layer.getClassName() === "DepthwiseConv2D").length, 3);
  // By hand: 8, 4 and 2 steps of 3 taps and of 35x160, 160x512 and 512x840, and 840x6.
  t.is(countMacs(model), 8 * (3 * 35 + 35 * 160) + 4 * (3 * 160 + 160 * 512) + 2 * (3 * 512 + 512 * 840) + 840 * 6);
});

test("normalizer: mean 0 and deviation 1 over training rows; outliers are clamped to the limit", (t) => {
  const normalized = normalize(data.train.features, data.normalizer);
  for (let f = 0; f < featureCount; f++) {
    const column = normalized.filter((_, at) => at % featureCount === f);
    const mean = column.reduce((a, b) => a + b, 0) / column.length;
    const variance = column.reduce((a, b) => a + (b - mean) ** 2, 0) / column.length;
    t.true(Math.abs(mean) < 1e-4 && Math.abs(variance - 1) < 1e-3);
  }
  t.deepEqual(
    [...normalize(Float32Array.of(1e9, 5), { mean: Float32Array.of(0, 5), deviation: Float32Array.of(1, 0) })],
    [normalizedLimit, 0],
  );
});

test("selected features keep their columns, their normalizer and their labels", (t) => {
  const some = selectFeatures(data, [4, 1]);
  t.deepEqual(some.featureNames, ["f4", "f1"]);
  t.is(some.train.features[2], data.train.features[featureCount + 4]);
  t.is(some.normalizer.mean[1], data.normalizer.mean[1]);
  t.is(some.train.labels, data.train.labels);
});

test("class weights: with balance 1 classes count equally, with 0 windows do", (t) => {
  const labels = Int32Array.of(0, 0, 0, 1);
  t.deepEqual(weightsOfClasses(labels, 2, 0), [1, 1]);
  const [common, rare] = weightsOfClasses(labels, 2, 1) as [number, number];
  t.true(Math.abs(3 * common - rare) < 1e-12);
});
