import test from "ava";
import fc from "fast-check";
import { baselinesOf } from "../../host-tools/evaluate/baselines.js";
import { lossesOf, type Stage } from "../../host-tools/evaluate/losses.js";
import {
  accuracyOf,
  balancedAccuracy,
  calibrationError,
  classFigures,
  confusionMatrix,
  macroF1,
  metricsOf,
  reliabilityCurve,
  thresholdCurve,
  verdicts,
} from "../../host-tools/evaluate/metrics.js";
import { fitTemperature } from "../../host-tools/evaluate/temperature.js";
import { fitNormalizer, type Examples } from "../../host-tools/train/examples.js";

// Expected values worked out by hand from the definitions.

test("confusion, accuracy, precision and recall of nine windows", (t) => {
  const truth = [0, 0, 0, 0, 1, 1, 1, 2, 2];
  const given = [0, 0, 0, 1, 1, 1, 0, 2, 1];
  const confusion = confusionMatrix(truth, given, 3);
  t.deepEqual(confusion, [
    [3, 1, 0],
    [1, 2, 0],
    [0, 1, 1],
  ]);
  t.is(accuracyOf(confusion), 6 / 9);
  t.deepEqual(classFigures(confusion), [
    { precision: 3 / 4, recall: 3 / 4, support: 4 },
    { precision: 2 / 4, recall: 2 / 3, support: 3 },
    { precision: 1, recall: 1 / 2, support: 2 },
  ]);
});

test("a class that never occurs has no recall, one that is never predicted no precision", (t) => {
  const [first, second] = classFigures([
    [2, 0],
    [0, 0],
  ]);
  t.deepEqual(first, { precision: 1, recall: 1, support: 2 });
  t.true(Number.isNaN(second!.precision) && Number.isNaN(second!.recall));
});

test("reliability and expected calibration error of four windows in two bins", (t) => {
  const curve = reliabilityCurve([0.2, 0.4, 0.8, 1], [true, false, true, true], 2);
  t.deepEqual(
    curve.map(({ count }) => count),
    [2, 2],
  );
  t.deepEqual(
    curve.map(({ accuracy }) => accuracy),
    [0.5, 1],
  );
  t.deepEqual(
    curve.map(({ confidence }) => confidence),
    [(0.2 + 0.4) / 2, 0.9],
  );
  // (2 |0.3 - 0.5| + 2 |0.9 - 1|) / 4
  t.true(Math.abs(calibrationError(curve) - 0.15) < 1e-12);
});

test("threshold: coverage falls, the rest goes to the cloud", (t) => {
  const points = thresholdCurve([0.5, 0.7, 0.9, 0.95], [false, true, false, true], [0, 0.7, 0.92, 0.99]);
  t.deepEqual(points.slice(0, 3), [
    { threshold: 0, coverage: 1, accuracy: 0.5 },
    { threshold: 0.7, coverage: 0.75, accuracy: 2 / 3 },
    { threshold: 0.92, coverage: 0.25, accuracy: 1 },
  ]);
  t.is(points[3]!.coverage, 0);
  t.true(Number.isNaN(points[3]!.accuracy));
});

test("among equal probabilities the first class wins", (t) => {
  const { labels, confidences } = verdicts(Float32Array.of(0.5, 0.5, 0.25, 0.75), 2);
  t.deepEqual([...labels], [0, 1]);
  t.deepEqual([...confidences], [0.5, 0.75]);
});

test("evaluation: its parts add up for any probabilities", (t) => {
  const rows = fc.array(
    fc.tuple(fc.array(fc.double({ min: 0.01, max: 1, noNaN: true }), { minLength: 3, maxLength: 3 }), fc.nat(2)),
    { minLength: 1, maxLength: 60 },
  );
  fc.assert(
    fc.property(rows, (windows) => {
      const probabilities = Float32Array.from(
        windows.flatMap(([row]) => row.map((value) => value / row.reduce((a, b) => a + b, 0))),
      );
      const evaluated = metricsOf(
        probabilities,
        Int32Array.from(windows, ([, label]) => label),
        3,
        0.7,
      );
      t.is(
        evaluated.confusion.flat().reduce((a, b) => a + b, 0),
        windows.length,
      );
      t.is(
        evaluated.reliability.reduce((sum, { count }) => sum + count, 0),
        windows.length,
      );
      const recalled = evaluated.classes.reduce(
        (sum, { recall, support }) => sum + (support > 0 ? recall * support : 0),
        0,
      );
      t.true(Math.abs(recalled / windows.length - evaluated.accuracy) < 1e-9);
      t.true(evaluated.calibrationError >= 0 && evaluated.calibrationError <= 1);
      t.is(evaluated.atThreshold.cloud, 1 - evaluated.atThreshold.coverage);
    }),
  );
});

test("temperature: windows that are right three times out of four get a confidence of 3/4", (t) => {
  // Always 0.9 for class 0, right in 3 of 4: logits (ln 9)/T must give odds of 3, T = ln 9 / ln 3 = 2.
  const probabilities = Float32Array.from([0.9, 0.1, 0.9, 0.1, 0.9, 0.1, 0.9, 0.1]);
  t.true(Math.abs(fitTemperature(probabilities, Int32Array.of(0, 0, 0, 1), 2) - 2) < 1e-3);
});

test("macro F1 and balanced accuracy of nine windows, by hand; absent classes do not count", (t) => {
  const confusion = [
    [3, 1, 0, 0],
    [1, 2, 0, 0],
    [0, 1, 1, 0],
    [0, 0, 0, 0],
  ];
  // F1: 2*3 / (4 + 4), 2*2 / (3 + 4), 2*1 / (2 + 1).
  t.true(Math.abs(macroF1(confusion) - (6 / 8 + 4 / 7 + 2 / 3) / 3) < 1e-12);
  t.true(Math.abs(balancedAccuracy(confusion) - (3 / 4 + 2 / 3 + 1 / 2) / 3) < 1e-12);
});

test("baselines: the commonest training class, and the nearest training window", (t) => {
  const examples = (values: number[], labels: number[]): Examples => ({
    count: labels.length,
    features: Float32Array.from(values),
    labels: Int32Array.from(labels),
  });
  const train = examples([0, 0, 1, 0, 10, 5], [0, 0, 1]);
  const test = examples([9, 5, 0.4, 0, 2, 1, 8, 4], [1, 0, 1, 1]);
  const [majority, nearest] = baselinesOf({
    frames: 1,
    featureNames: ["a", "b"],
    classes: ["still", "moved"],
    train,
    validation: test,
    test,
    normalizer: fitNormalizer(train, 2),
  });
  t.is(majority!.note, "always still");
  t.is(majority!.accuracy, 1 / 4);
  t.is(majority!.balancedAccuracy, 1 / 2);
  // The third window is "moved", and nearest to (1, 0).
  t.is(nearest!.accuracy, 3 / 4);
  t.is(nearest!.balancedAccuracy, (1 + 2 / 3) / 2);
});

test("a stage that loses what it should not is told of, as is a network that a baseline equals", (t) => {
  const stage = (name: string, accuracy: number, windows = 900): Stage => ({
    name,
    metrics: { windows, accuracy, balancedAccuracy: accuracy, macroF1: accuracy },
  });
  const [lost, ...more] = lossesOf([stage("float", 1, 16), stage("pruned", 0.5, 16), stage("int8", 0.5, 16)], []);
  t.regex(lost!, /^pruned: 50\.0 % accuracy, 50\.0 points under float \(100\.0 %\) on 16 windows: prune less/);
  t.deepEqual(more, []);
  t.deepEqual(lossesOf([stage("float", 0.95), stage("pruned", 0.94), stage("int8", 0.925)], []), []);
  // Six points of 16 windows are one window.
  t.deepEqual(lossesOf([stage("float", 1, 16), stage("int8", 15 / 16, 16)], []), []);
  const baseline = {
    name: "nearest neighbour",
    note: "n",
    accuracy: 0.8,
    balancedAccuracy: 0.7,
    macroF1: 0.7,
  } as const;
  t.regex(
    lossesOf([stage("float", 0.7)], [baseline])[0]!,
    /no more than the nearest neighbour baseline \(n\): 70\.0 %/,
  );
  t.deepEqual(lossesOf([stage("float", 0.71)], [baseline]), []);
});
