import test from "ava";
import type { NodeConfig } from "../../device/config.js";
import { Random } from "../../host-tools/lib/random.js";
import { fitNormalizer, poolColumns, type Examples } from "../../host-tools/train/examples.js";
import { makeNetwork } from "../../host-tools/train/network.js";
import { parseShape } from "../../host-tools/train/shapes.js";
import { axesOf, signalAugmentation, stepsOf } from "../../host-tools/train/signals.js";
import { startBackend } from "tfjs-to-tflite/tf/backend.js";

const frames = 4;
const perFrame = 25;
const steps = frames * perFrame;

/** An accelerometer and a level, raw at 25 Hz. */
const config = {
  sensors: [
    { name: "x", unit: "m/s²", rate: 25 },
    { name: "y", unit: "m/s²", rate: 25 },
    { name: "z", unit: "m/s²", rate: 25 },
    { name: "level", unit: "cm", rate: 25 },
  ],
  window: { seconds: 4, everySeconds: 4, frames },
  features: {
    statistics: [],
    spanSeconds: 1,
    spectra: [],
    correlations: [],
    raw: { sensors: ["x", "y", "z", "level"], rate: 25 },
  },
} as unknown as NodeConfig;

function examples(count: number): Examples {
  const random = new Random("signals.test");
  const features = Float32Array.from({ length: count * steps * 4 }, (_, at) => {
    const sensor = at % 4;
    const step = Math.floor(at / 4) % steps;
    return sensor === 3 ? 80 + random.normal() : (sensor === 2 ? 9.81 : 0) + Math.sin((2 * Math.PI * step) / 20);
  });
  return { count, features, labels: new Int32Array(count) };
}

test("three sensors of one unit of motion are axes; others are not", (t) => {
  t.deepEqual(axesOf(["m/s²", "m/s²", "m/s²", "°/s", "°/s", "°/s"]), [0, 3]);
  t.deepEqual(axesOf(["g", "g", "m/s²", "m/s²", "m/s²"]), [2]);
  t.deepEqual(axesOf(["A", "A", "A"]), []);
});

test("varied signals keep what a turned, shifted, louder sensor keeps, and differ from the recorded ones", (t) => {
  const train = examples(40);
  const before = train.features.slice();
  signalAugmentation(config, train)!.vary(train.features, train.count, new Random("vary"));
  const lengths = (values: Float32Array): number[] =>
    Array.from({ length: values.length / 4 }, (_, row) => Math.hypot(...values.subarray(4 * row, 4 * row + 3)));
  const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const ratios = Array.from({ length: train.count }, (_, window) => {
    const part = (values: Float32Array): number =>
      mean(lengths(values.subarray(window * steps * 4, (window + 1) * steps * 4)));
    return part(train.features) / part(before);
  });
  // A turn keeps lengths: what is left is the gain, exp(0.15 n).
  t.true(ratios.every((ratio) => ratio > Math.exp(-0.15 * 4) && ratio < Math.exp(0.15 * 4)));
  t.true(Math.max(...ratios) - Math.min(...ratios) > 0.1);
  const levels = train.features.filter((_, at) => at % 4 === 3);
  t.true(levels.every((value) => Math.abs(value - 80) < 8));
  const side = train.features.filter((_, at) => at % 4 === 0);
  // x has a part of gravity now.
  t.true(Math.max(...side.map(Math.abs)) > 1.5);
});

test("a node with other features, too, varies by gain and offset alone; steps are those of the raw samples", (t) => {
  t.is(stepsOf(config), steps);
  const mixed = { ...config, features: { ...config.features, statistics: ["mean" as const] } };
  t.is(signalAugmentation(mixed, examples(2)), undefined);
  t.is(stepsOf(mixed), frames);
});

test("the moments of a raw sensor share mean and deviation", (t) => {
  // One feature, then two moments of two sensors.
  const train = {
    count: 2,
    features: Float32Array.from([5, 0, 10, 2, 30, 7, 4, 10, 6, 30]),
    labels: new Int32Array(2),
  };
  const { mean, deviation } = poolColumns(fitNormalizer(train, 5), 1, 2);
  t.deepEqual([...mean], [6, 3, 20, 3, 20]);
  // 0, 2, 4, 6: variance 5.
  t.deepEqual([...deviation], [1, ...[5, 100, 5, 100].map((square) => Math.fround(Math.sqrt(square)))]);
});

test("layers along time walk over the moments of all frames", async (t) => {
  await startBackend("wasm");
  const model = makeNetwork(frames, perFrame * 4, 2, 1, parseShape("separable-4-8", steps), steps);
  t.deepEqual(model.inputs[0]!.shape, [null, frames, 1, perFrame * 4]);
  t.deepEqual(model.getLayer("moments").outputShape, [null, steps, 1, 4]);
  t.deepEqual(model.getLayer("stem").outputShape, [null, steps / 2, 1, 4]);
});
