// Slow: trains networks
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import test from "ava";
import { startBackend } from "tfjs-to-tflite/tf/backend.js";
import { evaluateFloat, evaluateInt8 } from "../../host-tools/evaluate/evaluate.js";
import { f1Of, metricsOf, rocArea } from "../../host-tools/evaluate/metrics.js";
import { quantizeNetwork } from "../../host-tools/experiments/compress.js";
import { silentProgress } from "../../host-tools/lib/progress.js";
import { Random } from "../../host-tools/lib/random.js";
import { spreadOf } from "../../host-tools/train/anomaly/distance.js";
import { parseDetector } from "../../host-tools/train/anomaly/shapes.js";
import { trainDetector } from "../../host-tools/train/anomaly/train.js";
import { exampleNode } from "../../host-tools/node/nodeFolder.js";
import { readNode } from "../../host-tools/node/nodeFile.js";
import { loadDataset } from "../../host-tools/train/dataset.js";
import { fitNormalizer, type Examples, type TrainingData } from "../../host-tools/train/examples.js";

const frames = 2;
const featureCount = 4;
const size = frames * featureCount;

/** Two states that features follow together; what deviates is inside every feature's own range, and only their combination is new. */
function examples(random: Random, usual: number, deviating: number): Examples {
  const count = usual + deviating;
  const features = new Float32Array(count * size);
  const labels = Int32Array.from({ length: count }, (_, window) => Number(window >= usual));
  for (let window = 0; window < count; window++) {
    const state = window % 2 ? 3 : -3;
    const load = random.normal();
    for (let at = 0; at < size; at++) {
      const f = at % featureCount;
      const sign = labels[window] === 1 && f === 3 ? -1 : 1;
      features[window * size + at] = 20 + (f + 1) * (state + sign * load * (f + 1) + 0.1 * random.normal());
    }
  }
  return { count, features, labels };
}

function makeData(): TrainingData {
  const random = new Random("anomaly.test");
  const train = examples(random, 240, 0);
  return {
    frames,
    featureNames: ["a", "b", "c", "d"],
    task: "anomaly",
    classes: ["usual", "strange"],
    train,
    validation: examples(random, 120, 0),
    test: examples(random, 150, 150),
    normalizer: fitNormalizer(train, featureCount),
  };
}

const data = makeData();

test.before(() => startBackend("wasm"));

const options = { seed: 3, epochs: 80, patience: 80, batch: 16, rate: 0.02, weightDecay: 0, progress: silentProgress };

for (const shape of ["distance-1", "distance-2", "autoencoder-2"])
  test.serial(
    `${shape}: what deviates is told without a label, by the int8 network on the node's engine too`,
    async (t) => {
      const { model, detector } = await trainDetector(data, { ...options, shape });
      t.true(detector.threshold > detector.median);
      const of = (probabilities: Float32Array) => metricsOf(probabilities, data.test.labels, 2, 0.7);
      const float = of(evaluateFloat(model, data.test, data));
      const { tflite } = await quantizeNetwork(model, data, { seed: 1, name: "detector" });
      const int8 = of(await evaluateInt8(tflite, data.test, data, "micro"));

      // The rest of the strange windows have so little load that nothing is strange about them.
      t.true(f1Of(float.classes[1]!) > 0.85, `F1 ${f1Of(float.classes[1]!)}`);
      t.true(f1Of(int8.classes[1]!) > 0.85, `F1 ${f1Of(int8.classes[1]!)}`);
      t.true(int8.rocArea! > 0.9, `area ${int8.rocArea}`);
      // One in a hundred training windows is above the threshold.
      t.true(int8.confusion[0]![1]! <= 8, `${int8.confusion[0]![1]} false alarms of 150`);
    },
  );

test("recordings need no labels; windows of the second class are held out from training, and tell in the test", async (t) => {
  const folder = await mkdtemp(path.join(tmpdir(), "loam-anomaly-"));
  t.teardown(() => rm(folder, { recursive: true }));
  const config = {
    ...(await readNode(exampleNode.description)),
    sensors: [{ name: "level", unit: "m", rate: 1, range: [0, 100] as [number, number], stuckSeconds: 0 }],
    window: { seconds: 10, everySeconds: 10, frames: 1 },
    features: { statistics: ["mean" as const], spanSeconds: 10, spectra: [], correlations: [] },
    task: "anomaly" as const,
    classes: ["usual", "strange"],
  };
  const rows = (label?: string[]): string =>
    [
      "time,level" + (label ? ",label" : ""),
      ...Array.from(
        { length: 40 },
        (_, i) => `${1.8e9 + i},${5 + (i % 7)}${label ? `,${label[Math.floor(i / 10)]}` : ""}`,
      ),
    ].join("\n");
  for (const part of ["train", "validation", "test"]) await mkdir(path.join(folder, part));
  await writeFile(path.join(folder, "train/a.csv"), rows());
  await writeFile(path.join(folder, "train/b.csv"), rows(["usual", "strange", "usual", "strange"]));
  await writeFile(path.join(folder, "validation/c.csv"), rows());
  await writeFile(path.join(folder, "test/d.csv"), rows(["strange", "", "usual", "strange"]));
  const loaded = await loadDataset(folder, config, { seed: 1, progress: silentProgress });
  t.is(loaded.task, "anomaly");
  t.is(loaded.train.count, 6);
  t.deepEqual([...loaded.train.labels, ...loaded.validation.labels], new Array<number>(10).fill(0));
  t.deepEqual([...loaded.test.labels], [1, 0, 0, 1]);
});

test("windows labelled as deviating train nothing", async (t) => {
  const random = new Random("anomaly.test/labelled");
  const mixed = { ...data, train: examples(random, 200, 200) };
  const usual = {
    ...mixed,
    train: {
      ...mixed.train,
      count: 200,
      features: mixed.train.features.slice(0, 200 * size),
      labels: new Int32Array(200),
    },
  };
  const both = await Promise.all([mixed, usual].map((each) => trainDetector(each, options)));
  t.deepEqual(both[0]!.detector, both[1]!.detector);
});

test("along its axes the spread of training windows is 1, however their features hang together", (t) => {
  const random = new Random("anomaly.test/spread");
  const count = 2000;
  const windows = new Float32Array(3 * count);
  for (let w = 0; w < count; w++) {
    const [a, b] = [random.normal(), random.normal()];
    windows.set([5 + a, 2 * a + 0.5 * b, -b], 3 * w);
  }
  const { centres, axes } = spreadOf(windows, count, 1, 1);
  t.true(Math.abs(centres[0]![0]! - 5) < 0.1);
  // The third direction has no variance: its deviation is the floor's.
  for (const axis of axes.slice(0, 2)) {
    let sum = 0;
    for (let w = 0; w < count; w++)
      sum += axis.reduce((total, weight, f) => total + weight * (windows[3 * w + f]! - centres[0]![f]!), 0) ** 2;
    t.true(Math.abs(sum / count - 1) < 1e-3, String(sum / count));
  }
});

test("a threshold that training cannot give is an error, not a network", async (t) => {
  await t.throwsAsync(trainDetector(data, { ...options, quantile: 0.4 }), {
    message: /no higher than the median score/,
  });
  const { validation } = data;
  const strange = { ...validation, labels: new Int32Array(validation.count).fill(1) };
  await t.throwsAsync(trainDetector({ ...data, validation: strange }, options), {
    message: /validation: no window is labelled usual/,
  });
  const same = { ...data.train, features: new Float32Array(data.train.features.length).fill(7) };
  await t.throwsAsync(trainDetector({ ...data, train: same, normalizer: fitNormalizer(same, featureCount) }, options), {
    message: /all alike/,
  });
});

test("shapes by name", (t) => {
  t.deepEqual(parseDetector("distance-4"), { kind: "distance", centres: 4 });
  t.deepEqual(parseDetector("autoencoder-32-8"), { kind: "autoencoder", units: [32, 8] });
  for (const name of ["distance", "distance-17", "distance-2-3", "dense-8", "autoencoder-0"])
    t.throws(() => parseDetector(name), { message: /expected for an anomaly task distance-4/ });
});

test("the area under the ROC curve counts pairs, equal ones half", (t) => {
  // Pairs of one that has it and one that has not: (3, 1), (3, 2), (2, 1) are in order, (2, 2) is equal.
  t.is(rocArea([3, 2, 1, 2], [true, true, false, false]), 3.5 / 4);
  t.is(rocArea([1, 2, 3], [false, false, true]), 1);
  t.true(Number.isNaN(rocArea([1, 2], [true, true])));
});
