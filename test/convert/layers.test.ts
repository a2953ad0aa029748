/** Layers in each way that they are configured, from tfjs to TensorFlow Lite and to loam's engine. */
import * as tf from "@tensorflow/tfjs-core";
import * as tfl from "@tensorflow/tfjs-layers";
import test from "ava";
import { convertModel, type Conversion } from "../../host-tools/convert/index.js";
import { layerTable } from "tfjs-to-tflite/convert/layers/index.js";
import { refusedLayers } from "tfjs-to-tflite/convert/layers/refused.js";
import { measuredLayersFile } from "../../host-tools/generate/layers.js";
import { infer } from "../../host-tools/inference/index.js";
import { needs, tflm } from "../helpers/needs.js";
import { leastSnr, sameNumbers, snrOf } from "./agreement.js";
import { startPlainBackend } from "./backend.js";
import { Figures } from "./figures.js";
import { layerCases, plainCases } from "./layerCases.js";
import { chanceOf, makeLayer, randomizeWeights, randomSamples } from "./randomModels.js";
import { predict, run, toBytes } from "./run.js";

test.before(startPlainBackend);

const cases = [...layerCases, ...plainCases];

/** Samples, the first of them, and what tfjs makes of that. */
function predicted(model: tfl.LayersModel): { all: tf.Tensor[]; inputs: tf.Tensor[]; truth: tf.Tensor } {
  const all = randomSamples(model, 8, 5);
  const inputs = all.map((samples) => tf.slice(samples, 0, 1));
  return { all, inputs, truth: predict(model, inputs)[0]! };
}

const figures = new Figures(measuredLayersFile);
const note = (model: tfl.LayersModel, found: Parameters<Figures["note"]>[1]): void =>
  figures.note(
    model.layers.map((layer) => layer.getClassName()).filter((name) => name !== "InputLayer"),
    found,
  );

test("every layer has a case", (t) => {
  const tested = new Set(cases.flatMap(([, build]) => build().layers.map((layer) => layer.getClassName())));
  t.deepEqual(
    Object.keys(layerTable).filter((layer) => !tested.has(layer)),
    [],
  );
});

test("every layer class of tfjs is converted, or refused with a reason", (t) => {
  const containers = ["InputLayer", "Model", "Functional", "Sequential"];
  const classes = Object.entries(tf.serialization.SerializationMap.getMap().classNameMap)
    .filter(([, [made]]) => (made as unknown as { prototype: object }).prototype instanceof tfl.layers.Layer)
    .map(([name]) => name);
  t.true(classes.length > 60);
  const known = [...Object.keys(layerTable), ...Object.keys(refusedLayers), ...containers];
  t.deepEqual(classes.toSorted(), known.toSorted());
});

test.after("figures of docs/convert.md", () => figures.write());

/** int8, and 16x8 unless an operator has no kernel for that, which is refused by name (sixteen.test.ts). */
async function quantized(model: tfl.LayersModel, calibration: tf.Tensor[]): Promise<Conversion[]> {
  const as = (activations: "int8" | "int16") =>
    convertModel(model, { mode: "int8", activations, name: "layer", calibration, range: "minmax" });
  const wide = await as("int16").catch((error: unknown) => {
    if (!String(error).includes("no kernel with activations of int16")) throw error;
  });
  return [await as("int8"), ...(wide ? [wide] : [])];
}

for (const [title, build] of cases) {
  test(`equals tfjs: ${title}`, async (t) => {
    const model = build();
    const { inputs, truth } = predicted(model);
    const conversion = await convertModel(model, { mode: "float", name: "layer" });
    t.deepEqual(conversion.summary.outputs[0]!.shape, truth.shape);
    const [given] = await run(conversion, inputs, { backend: "tflite" });
    note(model, { float: sameNumbers(t, given!, truth.dataSync(), title) });
  });

  test(`int8 and 16x8 by the engine, against tfjs: ${title}`, async (t) => {
    const model = build();
    const { all, inputs, truth } = predicted(model);
    const [int8, wide] = await quantized(model, all);
    const measure = async (conversion: Conversion): Promise<number> =>
      snrOf((await run(conversion, inputs, { backend: "micro" }))[0]!, truth.dataSync());
    const snr = await measure(int8!);
    const snr16 = wide && (await measure(wide));
    t.log(`${snr.toFixed(1)} dB, 16x8 ${snr16?.toFixed(1) ?? "refused"}`);
    t.true(snr >= leastSnr, `${snr} dB`);
    // Weights round alike in both, and on one sample errors of int8 may cancel.
    t.true(snr16 === undefined || snr16 > snr - 2, `${snr16} dB, int8 ${snr}`);
    note(model, { snr, micro: true, ...(snr16 !== undefined && { snr16 }) });
  });
}

needs(tflm)("int8 and 16x8: the engine and TensorFlow Lite Micro agree in every byte", async (t) => {
  for (const [title, build] of cases) {
    const model = build();
    const { all } = predicted(model);
    for (const conversion of await quantized(model, all)) {
      const outputs = async (backend: "tflm" | "micro"): Promise<Uint8Array[][]> =>
        (await infer(conversion.tflite, toBytes(conversion, all), { backend })).map((result) => result.outputs);
      t.deepEqual(await outputs("micro"), await outputs("tflm"), `${conversion.summary.type}: ${title}`);
      note(model, { tflm: true });
    }
  }
});

const { layers } = tfl;
const recurrent = { units: 2, recurrentInitializer: "zeros" } as const;
const sequential = (...stack: tfl.layers.Layer[]): tfl.LayersModel => tfl.sequential({ layers: stack });

class Wave extends tf.serialization.Serializable {
  static className = "wave";
  apply = (x: tf.Tensor): tf.Tensor => tf.sin(x);
  override getConfig = (): tf.serialization.ConfigDict => ({});
}
tf.serialization.registerClass(Wave);

const refused: [title: string, build: () => tfl.LayersModel, message: RegExp][] = [
  [
    "masks that a layer joins",
    () => {
      const inputs = [tfl.input({ shape: [4, 3] }), tfl.input({ shape: [4, 3] })];
      const masked = inputs.map((input) => layers.masking().apply(input) as tfl.SymbolicTensor);
      const sum = layers.add({ name: "sum" }).apply(masked) as tfl.SymbolicTensor;
      const outputs = layers.lstm({ ...recurrent, name: "memory" }).apply(sum) as tfl.SymbolicTensor;
      return tfl.model({ inputs, outputs });
    },
    /^layer "memory" \(LSTM\): the steps that it skips are said by masks that "sum" \(Add\) joins\. Instead: Masking behind "sum"$/,
  ],
  [
    "a recurrent layer in a model with masked steps",
    () =>
      sequential(
        layers.masking({ inputShape: [4, 3] }),
        tfl.sequential({ layers: [layers.gru({ ...recurrent, inputShape: [4, 3], name: "memory" })], name: "part" }),
      ),
    /^layer "memory" \(GRU\): it is in the model "part", whose input has masked steps\. Instead: Masking in that model/,
  ],
  [
    "a recurrent layer in a wrapper with masked steps",
    () =>
      sequential(
        layers.masking({ inputShape: [2, 4, 3] }),
        layers.timeDistributed({ layer: layers.gru({ ...recurrent, name: "memory" }), name: "each" }),
      ),
    /^layer "memory" \(GRU\): it is in the wrapper "each", whose input has masked steps\. Instead: a model in that wrapper/,
  ],
  [
    "Masking of another value",
    () => sequential(layers.masking({ inputShape: [4, 3], name: "gaps", maskValue: -1 }), layers.dense({ units: 2 })),
    /^layer "gaps" \(Masking\): it masks steps of -1\. Instead: a maskValue of 0/,
  ],
  [
    "a state that lasts",
    () => sequential(layers.gru({ ...recurrent, batchInputShape: [1, 4, 3], stateful: true, name: "memory" })),
    /^layer "memory" \(GRU\): it keeps its state from one call to the next \(stateful\), which only an LSTM can that becomes one operator, and it is a GRU\. Instead: such an LSTM/,
  ],
  [
    "a model in TimeDistributed with a layer that cannot be converted",
    () => {
      const inner = sequential(
        layers.conv3dTranspose({ filters: 1, kernelSize: 1, inputShape: [2, 2, 2, 1], name: "inside" }),
      );
      return sequential(layers.timeDistributed({ layer: inner, inputShape: [4, 2, 2, 2, 1] }));
    },
    /^layer "inside" \(Conv3DTranspose\): this type cannot be converted: neither .* in three dimensions of space\. Instead: UpSampling2D or Conv2DTranspose/,
  ],
  [
    "an Embedding of computed numbers",
    () =>
      sequential(
        layers.dense({ units: 2, inputShape: [3] }),
        layers.embedding({ inputDim: 4, outputDim: 2, name: "words" }),
      ),
    /^layer "words" \(Embedding\): its numbers are computed by layers before it\. Instead: an Embedding right behind an input/,
  ],
  [
    "numbers of words that are computed with, too",
    () => {
      const inputs = tfl.input({ shape: [2], name: "numbers" });
      const words = layers.embedding({ inputDim: 4, outputDim: 2 }).apply(inputs) as tfl.SymbolicTensor;
      const outputs = layers.dense({ units: 1, name: "sum" }).apply(inputs) as tfl.SymbolicTensor;
      return tfl.model({ inputs, outputs: [words, outputs] });
    },
    /^input "numbers": an Embedding takes its numbers, .* and layer "sum" computes with them, too\./,
  ],
  [
    "an activation of one's own",
    () => sequential(layers.dense({ units: 2, inputShape: [3], activation: "wave" as "elu", name: "curve" })),
    /^layer "curve" \(Dense\): activation "wave" cannot be made of TensorFlow Lite's operators\. Instead: one of linear, relu/,
  ],
  [
    "normalized products",
    () => {
      const inputs = [tfl.input({ shape: [3] }), tfl.input({ shape: [3] })];
      const outputs = layers.dot({ axes: 1, normalize: true, name: "cosine" }).apply(inputs) as tfl.SymbolicTensor;
      return tfl.model({ inputs, outputs });
    },
    /^layer "cosine" \(Dot\): it normalizes its inputs \(normalize: true\)/,
  ],
];
for (const [title, build, message] of refused) {
  test(`refused: ${title}`, async (t) => {
    await t.throwsAsync(convertModel(build(), { mode: "float", name: "refused" }), { message });
  });
}

// tfjs's plain and wasm kernels spread the numbers of another axis than the last along the last all the same, unless they are mended.
for (const [shape, axis, dims] of [
  [[5, 4, 3], 1, [3, 2, 1]],
  [[5, 4, 3], 2, [1, 3, 2]],
  [[6, 5], 1, [2, 1]],
] as const) {
  test(`BatchNormalization of axis ${axis} of ${shape.join("x")}: as with that axis last`, async (t) => {
    const normalization = (args: object): tfl.layers.Layer => layers.batchNormalization({ ...args, scale: axis !== 2 });
    const first = { inputShape: [...shape] };
    const model = sequential(normalization({ axis, ...first }));
    randomizeWeights(model, chanceOf(3));
    const permuted = sequential(
      layers.permute({ dims: [...dims], ...first }),
      normalization({}),
      layers.permute({ dims: [...dims] }),
    );
    permuted.setWeights(model.getWeights());
    const samples = randomSamples(model, 8, 5);
    const [truth] = predict(permuted, samples);
    sameNumbers(t, [...predict(model, samples)[0]!.dataSync()], truth!.dataSync(), "tfjs, mended");
    for (const mode of ["float", "int8"] as const) {
      const conversion = await convertModel(model, { mode, name: "axis", calibration: samples, range: "minmax" });
      const [given] = await run(conversion, samples, { backend: mode === "float" ? "tflite" : "micro" });
      if (mode === "float") sameNumbers(t, given!, truth!.dataSync(), "output");
      else t.true(snrOf(given!, truth!.dataSync()) > 30);
    }
  });
}

test("layers with their channels first are transposed once, normalizations between them too", async (t) => {
  const dataFormat = "channelsFirst";
  const conv = (more: object): tfl.layers.Layer =>
    layers.conv2d({ filters: 3, kernelSize: 3, padding: "same", dataFormat, ...more });
  const model = sequential(
    conv({ inputShape: [2, 6, 5] }),
    layers.batchNormalization({ axis: 1 }),
    layers.reLU(),
    layers.maxPooling2d({ poolSize: 2, dataFormat }),
    conv({ strides: 2 }),
  );
  const operators = async (of: tfl.LayersModel): Promise<string[]> =>
    (await convertModel(of, { mode: "float", name: "first" })).summary.operators.map(({ operator }) => operator);
  t.deepEqual(await operators(model), ["TRANSPOSE", "CONV_2D", "MAX_POOL_2D", "CONV_2D", "TRANSPOSE"]);
  const branched = layerCases.find(([title]) => title === "channels first, several layers")![1]();
  t.is((await operators(branched)).filter((operator) => operator === "TRANSPOSE").length, 1);
});

test("a layer that is unrolled to many operators is named, with what they take", async (t) => {
  const converted = (steps: number, mode: "float" | "int8", type: string) => {
    const model = sequential(makeLayer(type, { ...recurrent, inputShape: [steps, 3], name: "long" }));
    const calibration = randomSamples(model, 2, 1);
    return convertModel(model, { mode, name: "long", calibration, range: "minmax", table: false });
  };
  const [short, long, whole] = await Promise.all([
    converted(4, "float", "SimpleRNN"),
    converted(100, "float", "SimpleRNN"),
    converted(40, "int8", "LSTM"),
  ]);
  t.deepEqual(short.summary.warnings, []);
  const figures =
    /^layer "long" \((\w+)\): unrolled to (\d+) steps, ([\d,]+) operators and some ([\d,]+) bytes of the file/;
  const [, type, steps, operators, bytes] = figures.exec(long.summary.warnings[0]!)!;
  t.deepEqual([type, steps], ["SimpleRNN", "100"]);
  const count = (text: string): number => Number(text.replaceAll(",", ""));
  t.is(count(operators!), long.summary.operators.length);
  const more =
    (long.tflite.length - short.tflite.length) / (long.summary.operators.length - short.summary.operators.length);
  const told = count(bytes!) / count(operators!);
  t.true(Math.abs(told / more - 1) < 0.1, `${told} bytes an operator are told of, ${more} are there`);
  t.regex(
    whole.summary.warnings[0]!,
    /Fewer steps cost less .*; one operator for all steps \(--lstm fused\) it cannot become, since its recurrentActivation is hardSigmoid/,
  );
});

test("products of two tensors run on desktop TensorFlow Lite as integers, too", async (t) => {
  const model = layerCases.find(([title]) => title === "Dot of sequences along their channels")![1]();
  const { all, inputs, truth } = predicted(model);
  for (const conversion of await quantized(model, all)) {
    const snr = snrOf((await run(conversion, inputs, { backend: "tflite" }))[0]!, truth.dataSync());
    t.true(snr >= leastSnr, `${conversion.summary.type}: ${snr} dB`);
  }
});

test("the weights of an unrolled layer stand in the file once, and count once", async (t) => {
  const [few, more] = await Promise.all(
    [4, 5].map((steps) => {
      const layer = layers.lstm({ ...recurrent, units: 64, inputShape: [steps, 3], recurrentActivation: "sigmoid" });
      return convertModel(sequential(layer), { mode: "float", name: "long" });
    }),
  );
  const weights = 4 * 64 * 4 * 64;
  t.true(more!.tflite.length - few!.tflite.length < weights / 10);
  // What is there besides: the kernel of 3 inputs, the bias, and zeros behind the recurrent weights.
  t.is(more!.summary.parameters, 4 * 64 * (64 + 3 + 1) + 4 * 64);
});
