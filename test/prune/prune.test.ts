// Slow: trains networks
import * as tf from "@tensorflow/tfjs-core";
import * as tfl from "@tensorflow/tfjs-layers";
import test from "ava";
import { weightRole } from "tfjs-to-tflite/tf/layerGraph.js";
import { UserError } from "../../host-tools/lib/errors.js";
import { filterGroups, fineTune, pruneModel, sensitivityScan } from "tfjs-to-tflite/prune/index.js";
import type { LayerChannels } from "tfjs-to-tflite/prune/channels.js";
import { joinedNumbers } from "tfjs-to-tflite/lib/bytes.js";
import { startPlainBackend } from "../convert/backend.js";
import { chanceOf, randomized, randomizeWeights, randomModel, randomSamples } from "../convert/randomModels.js";
import { graphOf } from "tfjs-to-tflite/convert/index.js";
import { sampleSetOf, type Samples, type SampleSet } from "tfjs-to-tflite/graph/sampleSet.js";

const setOf = (model: tfl.LayersModel, samples: Samples): Promise<SampleSet> =>
  sampleSetOf(graphOf(model, "t"), samples);

test.before(startPlainBackend);

/** Makes filters compute 0, and the batch normalizations after them too. */
function silence(removed: ReadonlySet<number>, map: ReturnType<typeof filterGroups>["map"]): void {
  for (const { layer, inputs, outputs, makes } of map.layers.values() as Iterable<LayerChannels>) {
    for (const weight of layer.weights) {
      const role = weightRole(weight);
      const made = makes && ["kernel", "pointwise_kernel", "bias"].includes(role);
      const passed = !makes && ["gamma", "beta", "moving_mean", "bias"].includes(role);
      if (!made && !passed) continue;
      const channels = role === "bias" || made ? outputs : inputs;
      const values = weight
        .read()
        .dataSync()
        .map((value, i) => (removed.has(map.root(channels[i % channels.length]!)) ? 0 : value));
      weight.write(tf.tensor(values, weight.shape as number[]));
    }
  }
}

/** Layers whose output for an input of 0 is not 0, so that a filter of zeros still has an effect. */
const audible = (model: tfl.LayersModel): boolean =>
  model.layers.some(
    (layer) =>
      layer.getClassName() === "Rescaling" ||
      /"activation":"(sigmoid|hardSigmoid)"/.test(JSON.stringify(layer.getConfig())),
  );

const outputsOf = (model: tfl.LayersModel, samples: tf.Tensor[]): tf.Tensor[] =>
  [model.predict(samples.length === 1 ? samples[0]! : samples)].flat();
const furthest = (a: tf.Tensor, b: tf.Tensor): number =>
  tf.max(tf.abs(tf.sub(a, b))).dataSync()[0]! / Math.max(1, tf.max(tf.abs(a)).dataSync()[0]!);

/** Half of each group's filters made 0, and pruned away; undefined where there are none. */
async function withoutSilent(model: tfl.LayersModel): Promise<tfl.LayersModel | undefined> {
  const { map, groups } = filterGroups(model);
  const ratio = 0.5;
  const removed = new Set(
    groups.flatMap(({ filters }) =>
      filters.slice(0, Math.min(filters.length - 1, Math.round(filters.length * ratio))).map(({ channel }) => channel),
    ),
  );
  if (removed.size === 0) return undefined;
  silence(removed, map);
  // Filters of zeros are the weakest, so they are the ones removed.
  return pruneModel(model, { ratio });
}

test("pruning filters that are always 0 does not change the output: random models of all layers", async (t) => {
  let pruned = 0;
  for (let seed = 0; seed < 220; seed++) {
    const model = randomModel(seed, 9, true);
    if (audible(model)) continue;
    const smaller = await withoutSilent(model);
    if (!smaller) continue;
    t.true(smaller.countParams() < model.countParams(), `seed ${seed}`);
    const samples = randomSamples(model, 3, seed);
    const [expected, given] = [outputsOf(model, samples), outputsOf(smaller, samples)];
    expected.forEach((output, i) =>
      t.true(
        furthest(output, given[i]!) < 1e-5,
        `seed ${seed}: differs by ${furthest(output, given[i]!)} in a model of ${model.layers.map((layer) => layer.getClassName()).join(" ")}`,
      ),
    );
    pruned++;
  }
  t.log(`${pruned} models pruned`);
  t.true(pruned >= 25, `only ${pruned} models had filters to remove`);
});

test("layers whose channels cannot be followed stay whole, with what goes into them", async (t) => {
  const { layers } = tfl;
  const recurrent = { units: 4, recurrentInitializer: "zeros", returnSequences: true } as const;
  const dense = (name: string): tfl.layers.Layer => layers.dense({ units: 6, activation: "relu", name });
  const model = tfl.sequential({
    layers: [
      layers.conv2d({ filters: 4, kernelSize: 2, inputShape: [5, 5, 2], name: "before-transposed" }),
      layers.conv2dTranspose({ filters: 4, kernelSize: 2, strides: 2 }),
      layers.prelu(),
      layers.conv2d({ filters: 6, kernelSize: 3, activation: "elu", name: "free" }),
      layers.flatten(),
      dense("before-memory"),
      layers.repeatVector({ n: 3 }),
      layers.lstm(recurrent),
      layers.timeDistributed({ layer: dense("wrapped"), name: "free-steps" }),
      layers.dense({ units: 5, name: "before-norm" }),
      layers.layerNormalization(),
      layers.bidirectional({ layer: layers.gru(recurrent), mergeMode: "concat" }),
    ],
  });
  randomizeWeights(model, chanceOf(8));
  t.deepEqual(
    filterGroups(model).groups.map(({ layers }) => layers.join("+")),
    ["free", "free-steps"],
  );
  const smaller = await withoutSilent(model);
  const samples = randomSamples(model, 3, 1);
  t.true(furthest(outputsOf(model, samples)[0]!, outputsOf(smaller!, samples)[0]!) < 1e-5);
});

test("what TimeDistributed wraps stays whole, unless it is a dense layer", async (t) => {
  const { layers } = tfl;
  const model = tfl.sequential({
    layers: [
      layers.timeDistributed({
        layer: layers.conv2d({ filters: 4, kernelSize: 2 }),
        inputShape: [3, 5, 5, 2],
        name: "frames",
      }),
      layers.timeDistributed({
        layer: tfl.sequential({
          layers: [layers.conv2d({ filters: 4, kernelSize: 2, inputShape: [4, 4, 4] }), layers.flatten()],
        }),
        name: "network",
      }),
      layers.flatten(),
      layers.dense({ units: 6, activation: "relu", name: "free" }),
      layers.dense({ units: 2 }),
    ],
  });
  randomizeWeights(model, chanceOf(8));
  const smaller = await withoutSilent(model);
  t.deepEqual(
    filterGroups(model).groups.map(({ layers }) => layers.join("+")),
    ["free"],
  );
  const samples = randomSamples(model, 3, 1);
  t.true(furthest(outputsOf(model, samples)[0]!, outputsOf(smaller!, samples)[0]!) < 1e-5);
});

test("what a recurrent layer hands on as states stays whole", async (t) => {
  const { layers } = tfl;
  const recurrent = { units: 4, recurrentInitializer: "zeros" } as const;
  const inputs = tfl.input({ shape: [3, 2] });
  const given = layers.lstm({ ...recurrent, returnState: true }).apply(inputs) as tfl.SymbolicTensor[];
  const next = layers.lstm(recurrent).apply([inputs, ...given.slice(1)]);
  const hidden = layers.dense({ units: 6, activation: "relu", name: "free" }).apply(next);
  const model = tfl.model({ inputs, outputs: layers.dense({ units: 2 }).apply(hidden) as tfl.SymbolicTensor });
  randomizeWeights(model, chanceOf(8));
  const smaller = await withoutSilent(model);
  t.true(smaller!.countParams() < model.countParams());
  const samples = randomSamples(model, 3, 1);
  t.true(furthest(outputsOf(model, samples)[0]!, outputsOf(smaller!, samples)[0]!) < 1e-5);
});

/** Residual additions over a strided stage, a depthwise stage, a concatenation and two heads. */
function branchedModel(): tfl.LayersModel {
  const { layers } = tfl;
  const input = tfl.input({ shape: [8, 8, 3] });
  const conv = (filters: number, name: string): tfl.layers.Layer =>
    layers.conv2d({ filters, kernelSize: 3, padding: "same", useBias: false, name });
  const norm = (x: tfl.SymbolicTensor): tfl.SymbolicTensor =>
    layers.reLU().apply(layers.batchNormalization().apply(x)) as tfl.SymbolicTensor;
  const a = norm(conv(16, "stem").apply(input) as tfl.SymbolicTensor);
  const b = norm(
    conv(16, "branch").apply(norm(conv(12, "inner").apply(a) as tfl.SymbolicTensor)) as tfl.SymbolicTensor,
  );
  const sum = layers.add().apply([a, b]) as tfl.SymbolicTensor;
  const wide = norm(layers.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2 }).apply(sum) as tfl.SymbolicTensor);
  const joined = layers
    .concatenate()
    .apply([
      wide,
      norm(layers.conv2d({ filters: 10, kernelSize: 3, name: "side" }).apply(sum) as tfl.SymbolicTensor),
    ]) as tfl.SymbolicTensor;
  const flat = layers.flatten().apply(layers.maxPooling2d({ poolSize: 2 }).apply(joined)) as tfl.SymbolicTensor;
  const hidden = layers.dense({ units: 20, activation: "relu", name: "hidden" }).apply(flat) as tfl.SymbolicTensor;
  return randomized(
    tfl.model({
      inputs: input,
      outputs: [
        layers.dense({ units: 3, activation: "softmax", name: "class" }).apply(hidden) as tfl.SymbolicTensor,
        layers.dense({ units: 1, name: "level" }).apply(flat) as tfl.SymbolicTensor,
      ],
    }),
    5,
  );
}

test("coupled layers lose the same filters, and the counts are as requested", async (t) => {
  const model = branchedModel();
  const { groups } = filterGroups(model);
  t.deepEqual(
    groups.map(({ layers, filters }) => [layers.join("+"), filters.length]),
    [
      ["stem+branch", 16],
      ["inner", 12],
      ["side", 10],
      ["hidden", 20],
    ],
  );
  const pruned = await pruneModel(model, { ratio: 0.25, ratios: { branch: 0.5, hidden: 0 } });
  const filters = Object.fromEntries(
    pruned.layers.flatMap((layer) => {
      const { filters, units } = layer.getConfig() as { filters?: number; units?: number };
      return (filters ?? units) ? [[layer.name, filters ?? units]] : [];
    }),
  );
  t.deepEqual(filters, { stem: 8, inner: 9, branch: 8, side: 7, hidden: 20, class: 3, level: 1 });
  t.deepEqual(
    pruned.outputs.map(({ shape }) => shape),
    model.outputs.map(({ shape }) => shape),
  );
  t.is(model.getLayer("stem").getWeights()[0]!.shape[3], 16, "the given model stays as it is");
});

test("the weakest filters by L1 norm go first", async (t) => {
  const model = tfl.sequential({
    layers: [
      tfl.layers.conv2d({ filters: 4, kernelSize: 1, inputShape: [2, 2, 1], name: "c" }),
      tfl.layers.flatten(),
      tfl.layers.dense({ units: 2 }),
    ],
  });
  model.getLayer("c").setWeights([tf.tensor4d([0.5, -3, 0.1, 2], [1, 1, 1, 4]), tf.tensor1d([1, 2, 3, 4])]);
  const pruned = await pruneModel(model, { ratio: 0.5 });
  t.deepEqual([...pruned.getLayer("c").getWeights()[1]!.dataSync()], [2, 4]);
});

test("filters of a model inside a model, and of a layer used twice, are found", async (t) => {
  const inner = tfl.sequential({
    name: "inside",
    layers: [
      tfl.layers.dense({ units: 8, inputShape: [6], name: "deep", activation: "relu" }),
      tfl.layers.dense({ units: 6, name: "back" }),
    ],
  });
  const [a, b] = [tfl.input({ shape: [6] }), tfl.input({ shape: [6] })];
  const shared = tfl.layers.dense({ units: 6, name: "shared", activation: "relu" });
  const sum = tfl.layers.add().apply([shared.apply(a), shared.apply(b)] as tfl.SymbolicTensor[]);
  const model = tfl.model({
    inputs: [a, b],
    outputs: tfl.layers.dense({ units: 2 }).apply(inner.apply(sum)) as tfl.SymbolicTensor,
  });
  randomizeWeights(model, chanceOf(2));
  const { groups, map } = filterGroups(model);
  t.deepEqual(
    groups.map(({ layers, filters }) => [layers.join("+"), filters.length]),
    [
      ["shared", 6],
      ["deep", 8],
      ["back", 6],
    ],
  );
  silence(new Set(groups.flatMap(({ filters }) => filters.slice(0, 3).map(({ channel }) => channel))), map);
  const pruned = await pruneModel(model, { ratio: 0.3, ratios: { shared: 0.5, back: 0.5, deep: 3 / 8 } });
  const samples = randomSamples(model, 4, 1);
  t.true(furthest(outputsOf(model, samples)[0]!, outputsOf(pruned, samples)[0]!) < 1e-5);
  t.is(pruned.countParams(), 6 * 3 + 3 + (3 * 5 + 5) + (5 * 3 + 3) + (3 * 2 + 2));
});

test("a sensitivity scan spares sensitive layers; fine-tuning then brings the outputs back towards the unpruned model's", async (t) => {
  const model = tfl.sequential({
    layers: [
      tfl.layers.dense({ units: 24, inputShape: [6], activation: "relu", name: "first" }),
      tfl.layers.dense({ units: 24, activation: "relu", name: "second" }),
      tfl.layers.dense({ units: 3, activation: "softmax" }),
    ],
  });
  randomizeWeights(model, chanceOf(3));
  // Half of the second layer does nothing.
  const kernel = model.getLayer("second").getWeights()[0]!;
  model
    .getLayer("second")
    .setWeights([tf.mul(kernel, tf.tensor1d(Array.from({ length: 24 }, (_, i) => i % 2))), tf.zeros([24])]);
  const [samples] = randomSamples(model, 256, 9) as [tf.Tensor];
  const ratios = await sensitivityScan(model, { ratio: 0.4, samples });
  t.true(ratios["second"]! > ratios["first"]! && ratios["second"]! >= 0.45, JSON.stringify(ratios));
  t.true(Math.abs((ratios["first"]! + ratios["second"]!) / 2 - 0.4) < 0.01);
  const pruned = await pruneModel(model, { ratio: 0.4, ratios });
  const far = (): number =>
    tf.mean(tf.abs(tf.sub(outputsOf(model, [samples])[0]!, outputsOf(pruned, [samples])[0]!))).dataSync()[0]!;
  const before = far();
  const losses = await fineTune(
    pruned,
    model,
    { inputs: await setOf(model, samples) },
    { epochs: 16, learningRate: 0.01 },
  );
  t.is(losses.length, 16);
  t.true(losses[15]! < losses[0]!);
  t.true(far() < before / 2, `${before} before, ${far()} after`);
});

test("a model with two heads is fine-tuned too", async (t) => {
  const model = branchedModel();
  const pruned = await pruneModel(model, { ratio: 0.3 });
  const samples = randomSamples(model, 16, 3);
  const losses = await fineTune(
    pruned,
    model,
    { inputs: await setOf(model, samples) },
    { epochs: 3, batchSize: 8, learningRate: 0.003 },
  );
  t.true(losses[2]! < losses[0]!, losses.join());
});

test("bad ratios, and layers through which channels cannot be traced, are named", async (t) => {
  const model = branchedModel();
  await t.throwsAsync(() => pruneModel(model, { ratio: 1 }), {
    instanceOf: UserError,
    message: /the ratio is 1; it must be at least 0 and less than 1/,
  });
  await t.throwsAsync(() => pruneModel(model, { ratio: 0.1, ratios: { stem: -1 } }), {
    instanceOf: UserError,
    message: /layer "stem" is -1/,
  });
  await t.throwsAsync(() => pruneModel(model, { ratio: 0.1, ratios: { nowhere: 0.5 } }), {
    instanceOf: UserError,
    message: /no layer "nowhere" to prune; prunable are stem, branch/,
  });
  const unknown = tfl.sequential({
    layers: [
      tfl.layers.conv3dTranspose({ filters: 1, kernelSize: 1, inputShape: [2, 2, 2, 1], name: "space" }),
      tfl.layers.flatten(),
    ],
  });
  await t.throwsAsync(() => pruneModel(unknown, { ratio: 0.5 }), {
    instanceOf: UserError,
    message: /layer "space" \(Conv3DTranspose\)/,
  });
});

test("a pruned model with dilation is fine-tuned to the original's outputs", async (t) => {
  const model = tfl.sequential({
    layers: [
      tfl.layers.conv2d({
        filters: 8,
        kernelSize: [3, 1],
        dilationRate: [2, 1],
        inputShape: [10, 1, 3],
        activation: "relu",
      }),
      tfl.layers.flatten(),
      tfl.layers.dense({ units: 3 }),
    ],
  });
  randomizeWeights(model, chanceOf(31));
  const samples = randomSamples(model, 48, 6);
  const losses = await fineTune(
    await pruneModel(model, { ratio: 0.25 }),
    model,
    { inputs: await setOf(model, samples) },
    { epochs: 12, learningRate: 0.01 },
  );
  t.true(losses.at(-1)! < 0.5 * losses[0]!, losses.join(", "));
});

test("a model with a recurrent layer of Keras's orthogonal weights is pruned, and keeps how they are drawn", async (t) => {
  const { conv1d, dense, lstm } = tfl.layers;
  const made = tfl.sequential({
    layers: [
      conv1d({ filters: 6, kernelSize: 3, inputShape: [8, 2], activation: "relu" }),
      conv1d({ filters: 4, kernelSize: 1 }),
      lstm({ units: 4, recurrentInitializer: "zeros" }),
      dense({ units: 3 }),
    ],
  });
  randomizeWeights(made, chanceOf(5));
  const json = JSON.parse(JSON.stringify(made.toJSON(null, false)), (key, value: unknown) =>
    key === "recurrent_initializer" ? { class_name: "Orthogonal", config: { gain: 1, seed: null } } : value,
  ) as object;
  // With their weights: tfjs itself draws orthogonal ones by functions that are only in all of its packages.
  const model = await tfl.loadLayersModel({
    load: () =>
      Promise.resolve({
        modelTopology: json,
        weightSpecs: made.weights.map(({ originalName, shape }) => ({
          name: originalName,
          shape: shape as number[],
          dtype: "float32",
        })),
        weightData: joinedNumbers(made.getWeights().map((weight) => weight.dataSync() as Float32Array))
          .buffer as ArrayBuffer,
      }),
  });
  const pruned = await pruneModel(model, { ratio: 0.5 });
  t.deepEqual(pruned.layers[0]!.outputShape, [null, 6, 3]);
  t.like(pruned.layers[2]!.getConfig()["recurrentInitializer"], { className: "Orthogonal" });
  t.deepEqual(pruned.layers[2]!.getWeights()[1]!.dataSync(), model.layers[2]!.getWeights()[1]!.dataSync());
});
