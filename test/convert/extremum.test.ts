/** Maximum and Minimum, from layers to bytes. */
import * as tf from "@tensorflow/tfjs-core";
import * as tfl from "@tensorflow/tfjs-layers";
import test from "ava";
import { convertModel } from "../../host-tools/convert/index.js";
import { ModelBuilder } from "tfjs-to-tflite/graph/modelBuilder.js";
import { operators } from "tfjs-to-tflite/graph/operators/index.js";
import { readTflite, writeTflite } from "tfjs-to-tflite/graph/tflite.js";
import { infer, InferenceSession } from "../../host-tools/inference/index.js";
import { filterGroups } from "tfjs-to-tflite/prune/groups.js";
import { compareWithDesktop } from "../judge/check.js";
import { startPlainBackend } from "./backend.js";
import { chanceOf, randomized, randomizeWeights, randomSamples } from "./randomModels.js";
import { predict, run, toBytes } from "./run.js";

test.before(startPlainBackend);

const names = { maximum: "MAXIMUM", minimum: "MINIMUM" } as const;

/** Three branches: one is broadcast over the image, one ends in a logistic, whose quantization the format fixes. */
function branches(kind: keyof typeof names): tfl.LayersModel {
  const input = tfl.input({ shape: [6, 5, 3] });
  const wide = tfl.layers.conv2d({ filters: 4, kernelSize: 3, padding: "same" }).apply(input);
  const narrow = tfl.layers.conv2d({ filters: 4, kernelSize: [6, 5] }).apply(input);
  const squeezed = tfl.layers.conv2d({ filters: 4, kernelSize: 1, activation: "sigmoid" }).apply(input);
  const extremum = tfl.layers[kind]().apply([wide, narrow, squeezed] as tfl.SymbolicTensor[]);
  const output = tfl.layers.dense({ units: 3 }).apply(tfl.layers.flatten().apply(extremum)) as tfl.SymbolicTensor;
  return randomized(tfl.model({ inputs: input, outputs: output }), 3);
}

/** A branch of 0.1, one of 10, and what else reads them. */
function unlikeBranches(kind: keyof typeof names, also: "none" | "small" | "large", averaged = false) {
  const input = tfl.input({ shape: [6, 6, 3] });
  const branch = (name: string) => {
    const convolved = tfl.layers
      .conv2d({ name, filters: 4, kernelSize: 3, padding: "same", activation: "relu" })
      .apply(input) as tfl.SymbolicTensor;
    return averaged ? (tfl.layers.averagePooling2d({ poolSize: 2 }).apply(convolved) as tfl.SymbolicTensor) : convolved;
  };
  const [small, large] = [branch("small"), branch("large")];
  const dense = (x: tfl.SymbolicTensor) =>
    tfl.layers.dense({ units: 3 }).apply(tfl.layers.flatten().apply(x)) as tfl.SymbolicTensor;
  const others = also === "none" ? [] : [dense(also === "small" ? small : large)];
  const joined = tfl.layers[kind]().apply([small, large]) as tfl.SymbolicTensor;
  const model = tfl.model({ inputs: input, outputs: [dense(joined), ...others] });
  randomizeWeights(model, chanceOf(3));
  for (const [name, factor] of [
    ["small", 0.1],
    ["large", 10],
  ] as const) {
    const layer = model.getLayer(name);
    layer.setWeights(layer.getWeights().map((weights) => tf.mul(weights, factor)));
  }
  return model;
}

/** One range for all inputs gave 1.6 to 22 dB for a minimum, and 7 dB to what else reads the small branch. */
const unlike = [
  ["read by it alone", (kind: keyof typeof names) => ({ model: unlikeBranches(kind, "none"), quantizes: 0 }), 30],
  [
    "the small one read elsewhere: a QUANTIZE where the output is large",
    (kind: keyof typeof names) => ({ model: unlikeBranches(kind, "small"), quantizes: kind === "maximum" ? 1 : 0 }),
    30,
  ],
  [
    "the large one read elsewhere: a QUANTIZE where the output is small",
    (kind: keyof typeof names) => ({ model: unlikeBranches(kind, "large"), quantizes: kind === "minimum" ? 1 : 0 }),
    30,
  ],
  [
    "averages of both, which do not commute with clipping",
    (kind: keyof typeof names) => ({ model: unlikeBranches(kind, "none", true), quantizes: 2 }),
    20,
  ],
] as const;

for (const kind of ["maximum", "minimum"] as const) {
  test(`${kind}: float results are those of tfjs, int8 ones are close, and inputs and output share one quantization`, async (t) => {
    const model = branches(kind);
    const samples = randomSamples(model, 40, 5);
    const [wanted] = predict(model, samples).map((tensor) => Array.from(tensor.dataSync()));
    const float = await convertModel(model, { mode: "float", name: kind });
    const [exact] = await run(float, samples, { backend: "tflite" });
    exact!.forEach((value, i) => t.true(Math.abs(value - wanted![i]!) < 1e-4, `${value}, tfjs has ${wanted![i]}`));
    const int8 = await convertModel(model, { mode: "int8", name: kind, calibration: samples });
    const { operatorCodes, subgraphs } = readTflite(int8.tflite);
    const code = operatorCodes.findIndex(({ builtinCode }) => builtinCode === operators[names[kind]].code);
    t.is(operatorCodes[code]!.version, 2);
    const { operators: nodes, tensors } = subgraphs[0]!;
    const extrema = nodes.filter(({ opcodeIndex }) => opcodeIndex === code);
    t.is(extrema.length, 2);
    for (const { inputs, outputs } of extrema)
      for (const input of inputs) t.deepEqual(tensors[input]!.quantization, tensors[outputs[0]!]!.quantization);
    t.true(nodes.some(({ opcodeIndex }) => operatorCodes[opcodeIndex]!.builtinCode === operators.QUANTIZE.code));
    const [close] = await run(int8, samples, {});
    const noise = close!.reduce((sum, value, i) => sum + (value - wanted![i]!) ** 2, 0);
    const signal = wanted!.reduce((sum, value) => sum + value ** 2, 0);
    t.true(10 * Math.log10(signal / noise) > 25, `${10 * Math.log10(signal / noise)} dB`);
    const [micro, desktop] = [await InferenceSession.start("micro"), await InferenceSession.start("tflite")];
    try {
      for (const inputs of toBytes(int8, samples).slice(0, 8))
        t.deepEqual(await compareWithDesktop(micro, desktop, { model: readTflite(int8.tflite), inputs }), []);
    } finally {
      micro.close();
      desktop.close();
    }
  });

  test(`${kind}: branches a hundred times apart in size keep the resolution of what comes out`, async (t) => {
    for (const [what, make, least] of unlike) {
      const { model, quantizes } = make(kind);
      const samples = randomSamples(model, 40, 5);
      const wanted = predict(model, samples).map((tensor) => Array.from(tensor.dataSync()));
      const conversion = await convertModel(model, { mode: "int8", name: kind, calibration: samples });
      const given = await run(conversion, samples, {});
      wanted.forEach((values, which) => {
        const noise = values.reduce((sum, value, i) => sum + (value - given[which]![i]!) ** 2, 0);
        const decibels = 10 * Math.log10(values.reduce((sum, value) => sum + value ** 2, 0) / noise);
        t.true(decibels > least, `${what}, output ${which}: ${decibels} dB`);
      });
      t.is(conversion.quantized!.graph.nodes.filter(({ op }) => op === "QUANTIZE").length, quantizes, what);
      const [micro, desktop] = [await InferenceSession.start("micro"), await InferenceSession.start("tflite")];
      try {
        for (const inputs of toBytes(conversion, samples).slice(0, 4))
          t.deepEqual(await compareWithDesktop(micro, desktop, { model: readTflite(conversion.tflite), inputs }), []);
      } finally {
        micro.close();
        desktop.close();
      }
    }
  });

  test(`${kind}: pruning removes the same filters from all branches`, (t) => {
    const input = tfl.input({ shape: [6, 5, 3] });
    const branch = () => tfl.layers.conv2d({ filters: 8, kernelSize: 3 }).apply(input) as tfl.SymbolicTensor;
    const joined = tfl.layers[kind]().apply([branch(), branch()]);
    const output = tfl.layers.dense({ units: 2 }).apply(tfl.layers.flatten().apply(joined)) as tfl.SymbolicTensor;
    const model = tfl.model({ inputs: input, outputs: output });
    randomizeWeights(model, chanceOf(9));
    const groups = filterGroups(model).groups;
    t.is(groups.length, 1);
    t.is(groups[0]!.layers.length, 2);
    t.is(groups[0]!.filters.length, 8);
  });

  test(`${kind}: every pair of int8 values gives the result of desktop TensorFlow Lite, broadcast over both axes`, async (t) => {
    const model = new ModelBuilder();
    const [a, b] = [model.int8([256, 1], 0.05, -3), model.int8([1, 256], 0.05, -3)];
    const output = model.operator(names[kind], [a, b], model.int8([256, 256], 0.05, -3));
    const bytes = writeTflite(model.build([a, b], [output]));
    const all = Uint8Array.from({ length: 256 }, (_, i) => i);
    const [mine] = await infer(bytes, [[all, all]]);
    const [theirs] = await infer(bytes, [[all, all]], { backend: "tflite" });
    t.deepEqual(mine!.outputs, theirs!.outputs);
    const signed = (byte: number) => (byte << 24) >> 24;
    t.true(
      mine!.outputs[0]!.every(
        (byte, i) => signed(byte) === Math[kind === "maximum" ? "max" : "min"](signed(i >> 8), signed(i & 255)),
      ),
    );
  });

  for (const [what, scale, zeroPoint] of [
    ["another scale", 0.1, -3],
    ["another zero point", 0.05, 0],
  ] as const)
    test(`${kind}: an input of ${what} than the output's is refused, because the integers cannot be compared`, async (t) => {
      const model = new ModelBuilder();
      const [a, b] = [model.int8([4], 0.05, -3), model.int8([4], scale, zeroPoint)];
      const output = model.operator(names[kind], [a, b], model.int8([4], 0.05, -3));
      const bytes = writeTflite(model.build([a, b], [output]));
      await t.throwsAsync(infer(bytes, [[new Uint8Array(4), new Uint8Array(4)]]), {
        message: new RegExp(`${names[kind]} #0: tensor 2 must have the scale and zero point of tensor 1`),
      });
    });
}
