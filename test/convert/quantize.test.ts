// Slow: trains networks
import * as tf from "@tensorflow/tfjs-core";
import * as tfl from "@tensorflow/tfjs-layers";
import test from "ava";
import { convertModel, graphOf } from "../../host-tools/convert/index.js";
import { runGraph } from "tfjs-to-tflite/graph/execute.js";
import { correctBiases } from "tfjs-to-tflite/quantize/correct.js";
import { equalize } from "tfjs-to-tflite/quantize/equalize.js";
import { collect, fakeQuantization, relativeError } from "tfjs-to-tflite/quantize/fake.js";
import { quantize } from "tfjs-to-tflite/quantize/index.js";
import { paramsOf, quantizeWeights } from "tfjs-to-tflite/graph/parameters.js";
import { chooseParams } from "tfjs-to-tflite/quantize/range.js";
import { layerReport } from "../../host-tools/convert/report.js";
import { readTflite } from "tfjs-to-tflite/graph/tflite.js";
import { startPlainBackend } from "./backend.js";
import { chanceOf, randomSamples, randomizeWeights } from "./randomModels.js";
import { sampleSetOf } from "tfjs-to-tflite/graph/sampleSet.js";

test.before(startPlainBackend);

test("activation parameters: 0 is exact, the range spans 255 steps", (t) => {
  // scale = range / 255, zero point = rint(-128 - min / scale), the range widened to hold 0
  const table: [min: number, max: number, scale: number, zeroPoint: number][] = [
    [0, 255, 1, -128],
    [-128, 127, 1, 0],
    [-255, 0, 1, 127],
    [10, 51, 0.2, -128],
    [-3, -1, 3 / 255, 127],
    [0, 0, 1 / 255, -128],
    [-1, 3, 4 / 255, -64],
  ];
  for (const [min, max, scale, zeroPoint] of table)
    t.deepEqual(paramsOf(min, max), { type: "int8", scale: Math.fround(scale), zeroPoint }, `${min} to ${max}`);
  // TensorFlow Lite's int16: symmetric, 32767 steps on both sides.
  for (const [min, max, steps] of [
    [-1, 3, 3],
    [-5, 2, 5],
    [0, 0, 1],
  ] as const)
    t.deepEqual(paramsOf(min, max, "int16"), { type: "int16", scale: Math.fround(steps / 32767), zeroPoint: 0 });
});

test("ranges: min/max includes an outlier, a percentile and the least error do not", (t) => {
  const counts = new Float64Array(2048);
  counts.fill(1000, 0, 100);
  counts[2047] = 1;
  const histogram = { min: 0, max: 2048, counts };
  t.is(chooseParams(histogram, "minmax").scale, Math.fround(2048 / 255));
  t.is(chooseParams(histogram, "percentile").scale, Math.fround(100 / 255));
  const least = chooseParams(histogram, "error").scale;
  t.true(least < 2048 / 255 && least >= 100 / 255);
});

test("weights: one scale per filter; a filter of zeros keeps its bias; a large bias fits 32 bits", (t) => {
  const model = tfl.sequential({
    layers: [tfl.layers.conv2d({ filters: 3, kernelSize: 1, inputShape: [1, 1, 2], name: "c" })],
  });
  model.getLayer("c").setWeights([tf.tensor4d([1, 0, 1e-6, -0.6, 0, 0], [1, 1, 2, 3]), tf.tensor1d([0.25, 7, 1e4])]);
  const graph = graphOf(model, "t");
  const { weights, bias } = quantizeWeights(graph, graph.nodes[0]!, { type: "int8", scale: 0.01, zeroPoint: 0 });
  t.deepEqual([...weights.data].slice(0, 4), [127, -76, 0, 0]);
  t.is(weights.quantization.quantizedDimension, 0);
  const real = Array.from(bias.data as Int32Array, (value, i) => value * bias.quantization.scale[i]!);
  [0.25, 7, 1e4].forEach((wanted, i) => t.true(Math.abs(real[i]! - wanted) < wanted * 1e-4, `bias ${i}: ${real[i]}`));
});

/** Channels of very different magnitude between its layers, as batch normalizations leave them. */
function uneven(): tfl.LayersModel {
  const model = tfl.sequential({
    layers: [
      tfl.layers.conv2d({ filters: 12, kernelSize: 3, inputShape: [8, 8, 2], activation: "relu", name: "a" }),
      tfl.layers.depthwiseConv2d({ kernelSize: 3, activation: "relu", name: "b" }),
      tfl.layers.conv2d({ filters: 8, kernelSize: 1, activation: "relu", name: "c" }),
      tfl.layers.globalAveragePooling2d({ dataFormat: "channelsLast" }),
      tfl.layers.dense({ units: 4, activation: "softmax", name: "d" }),
    ],
  });
  randomizeWeights(model, chanceOf(2));
  const factor = (n: number): tf.Tensor => tf.tensor1d(Array.from({ length: n }, (_, i) => 4 ** (i % 5)));
  const scaled = (name: string, axis: "in" | "out", by: tf.Tensor): void => {
    const [kernel, bias] = model.getLayer(name).getWeights() as [tf.Tensor, tf.Tensor];
    model
      .getLayer(name)
      .setWeights(
        axis === "out" ? [tf.mul(kernel, by), tf.mul(bias, by)] : [tf.div(kernel, tf.reshape(by, [-1, 1])), bias],
      );
  };
  scaled("a", "out", factor(12));
  scaled("c", "in", factor(12));
  return model;
}

const plain = { range: "minmax", equalize: false, biasCorrection: false } as const;

test("equalization does not change the float network's outputs, and improves int8 where channels are uneven", async (t) => {
  const model = uneven();
  const samples = randomSamples(model, 32, 1);
  const graph = graphOf(model, "t");
  const evened = (await equalize(graph, await sampleSetOf(graph, samples)))!;
  const [before, after] = [graph, evened].map((each) => collect(each, samples, each.outputs));
  t.true(relativeError(before!, after!) < 1e-10);
  const [without, withIt] = [
    await quantize(graph, samples, plain),
    await quantize(graph, samples, { ...plain, equalize: true }),
  ];
  t.true(withIt.equalized);
  t.true(withIt.outputError < without.outputError / 3, `${without.outputError} to ${withIt.outputError}`);
});

test("bias correction restores each channel's mean", async (t) => {
  const model = uneven();
  const samples = randomSamples(model, 64, 2);
  const graph = graphOf(model, "t");
  const { quantized } = await quantize(graph, samples, plain);
  const logits = graph.nodes.at(-1)!.inputs[0]!;
  const means = (values: Float32Array): number[] =>
    [0, 1, 2, 3].map((channel) => values.filter((_, i) => i % 4 === channel).reduce((a, b) => a + b, 0) / 64);
  const [truth] = collect(graph, samples, [logits]);
  const shift = (given: typeof quantized): number => {
    const [values] = collect(graph, samples, [logits], fakeQuantization(given));
    return Math.max(...means(values!).map((mean, i) => Math.abs(mean - means(truth!)[i]!)));
  };
  const [before, after] = [shift(quantized), shift(await correctBiases(quantized, await sampleSetOf(graph, samples)))];
  t.true(after < before / 3, `${before} to ${after}`);
});

test("of several outputs large numbers do not hide what another loses: their dB are averaged", (t) => {
  const error = (loud: number, quiet: number): number =>
    relativeError(
      [Float32Array.of(1000, -1000), Float32Array.of(0.5, 0.25)],
      [Float32Array.of(1000 * (1 + loud), -1000 * (1 + loud)), Float32Array.of(0.5 * (1 + quiet), 0.25 * (1 + quiet))],
    );
  // 40 dB and 20 dB: 30 dB.
  t.true(Math.abs(error(0.01, 0.1) / 1e-3 - 1) < 0.001, String(error(0.01, 0.1)));
  t.true(error(0.012, 0.1) < error(0.01, 0.2));
});

test("fewer than 20 samples do not choose ranges: they have min/max", async (t) => {
  const { conv2d, globalAveragePooling2d, dense } = tfl.layers;
  const model = tfl.sequential({
    layers: [
      conv2d({ filters: 8, kernelSize: 3, activation: "relu", inputShape: [24, 24, 2] }),
      conv2d({ filters: 8, kernelSize: 3, activation: "relu" }),
      globalAveragePooling2d({}),
      dense({ units: 3 }),
    ],
  });
  randomizeWeights(model, chanceOf(6));
  const graph = graphOf(model, "t");
  const methods = async (count: number): Promise<string[]> => {
    // One number of each picture far beyond the others, which a percentile leaves out.
    const values = randomSamples(model, count, 3)[0]!
      .dataSync()
      .map((value, i) => (i % 1152 === 0 ? 40 : value));
    const { ranges } = await quantize(graph, [tf.tensor(values, [count, 24, 24, 2])], { ...plain, range: "auto" });
    return [...new Set(ranges.map(({ method }) => method))];
  };
  t.deepEqual(await methods(19), ["minmax"]);
  t.notDeepEqual(await methods(20), ["minmax"]);
});

test("ranges chosen per tensor are no worse than one method for all; fine-tuning improves the quantized network further", async (t) => {
  const model = uneven();
  const samples = randomSamples(model, 64, 3);
  const graph = graphOf(model, "t");
  const auto = await quantize(graph, samples, { ...plain, range: "auto" });
  for (const range of ["minmax", "percentile", "error"] as const)
    t.true(auto.outputError <= (await quantize(graph, samples, { ...plain, range })).outputError * 1.0001, range);
  const tuned = await quantize(graph, samples, {
    ...plain,
    range: "auto",
    fineTune: { epochs: 12, learningRate: 1e-3 },
  });
  t.true(tuned.fineTuned);
  t.true(tuned.outputError < auto.outputError * 0.8, `${auto.outputError} to ${tuned.outputError}`);
});

test("fine-tuning goes through convolutions with dilation, causal ones too", async (t) => {
  const model = tfl.sequential({
    layers: [
      tfl.layers.conv1d({
        filters: 6,
        kernelSize: 3,
        dilationRate: 2,
        padding: "causal",
        inputShape: [12, 3],
        activation: "relu",
      }),
      tfl.layers.reshape({ targetShape: [12, 1, 6] }),
      tfl.layers.depthwiseConv2d({ kernelSize: [3, 1], dilationRate: [2, 1], depthMultiplier: 2 } as never),
      tfl.layers.flatten(),
      tfl.layers.dense({ units: 4 }),
    ],
  });
  randomizeWeights(model, chanceOf(21));
  const samples = randomSamples(model, 64, 5);
  const graph = graphOf(model, "t");
  const before = await quantize(graph, samples, plain);
  const tuned = await quantize(graph, samples, { ...plain, fineTune: { epochs: 12, learningRate: 1e-3 } });
  t.true(tuned.fineTuned);
  t.true(tuned.outputError < before.outputError, `${before.outputError} to ${tuned.outputError}`);
});

test("a concatenation of a softmax with another tensor: requantized to one scale", async (t) => {
  const input = tfl.input({ shape: [6] });
  const shares = tfl.layers.dense({ units: 3, activation: "softmax" }).apply(input) as tfl.SymbolicTensor;
  const model = tfl.model({
    inputs: input,
    outputs: tfl.layers
      .concatenate()
      .apply([
        shares,
        tfl.layers.dense({ units: 2, activation: "relu" }).apply(input) as tfl.SymbolicTensor,
      ]) as tfl.SymbolicTensor,
  });
  const { tflite, summary } = await convertModel(model, {
    mode: "int8",
    name: "t",
    calibration: randomSamples(model, 16, 4),
  });
  t.true(summary.operators.some(({ operator }) => operator === "QUANTIZE"));
  const { tensors, operators } = readTflite(tflite).subgraphs[0]!;
  const joined = operators.find(({ options }) => options?.type === "Concatenation")!;
  const quantizations = [...joined.inputs, ...joined.outputs].map((index) => tensors[index]!.quantization);
  quantizations.forEach((quantization) => t.deepEqual(quantization, quantizations[0]));
});

test("a dense layer whose rows differ widely in size is quantized per row, like a convolution; an even one is not", async (t) => {
  const model = tfl.sequential({
    layers: [
      tfl.layers.dense({ units: 8, inputShape: [5, 6], activation: "relu", name: "uneven" }),
      tfl.layers.flatten(),
      tfl.layers.dense({ units: 3, name: "even" }),
    ],
  });
  randomizeWeights(model, chanceOf(6));
  const [kernel, bias] = model.getLayer("uneven").getWeights() as [tf.Tensor, tf.Tensor];
  const factors = tf.tensor1d(Array.from({ length: 8 }, (_, i) => 4 ** -i));
  model.getLayer("uneven").setWeights([tf.mul(kernel, factors), tf.mul(bias, factors)]);
  const samples = randomSamples(model, 32, 7);
  const { summary, quantized } = await convertModel(model, {
    ...plain,
    mode: "int8",
    name: "t",
    calibration: samples,
    equalize: true,
  });
  t.deepEqual(
    summary.operators
      .map(({ operator, layer }) => `${operator} ${layer}`)
      .filter((text) => !text.startsWith("RESHAPE")),
    ["CONV_2D uneven", "FULLY_CONNECTED even"],
  );
  t.is(
    quantized!.constants.get(quantized!.graph.nodes.find(({ op }) => op === "CONV_2D")!.inputs[1]!)!.quantization.scale
      .length,
    8,
  );
});

test("the report names the layer that costs most accuracy", async (t) => {
  const model = uneven();
  const calibration = randomSamples(model, 16, 5);
  const rows = await layerReport(
    await convertModel(model, { ...plain, mode: "int8", name: "t", calibration }),
    calibration,
  );
  t.deepEqual(
    rows.map(({ layer }) => layer).filter((layer) => layer.length === 1),
    ["a", "b", "c", "d", "d"],
  );
  const snr = Object.fromEntries(rows.map((row) => [row.layer, row.snr]));
  t.true(snr["a"]! > 25 && snr["c"]! < snr["a"]! - 3, JSON.stringify(snr));
});

test("a model run in float by the converter's own graph gives what tfjs gives", (t) => {
  const model = uneven();
  const [sample] = randomSamples(model, 4, 6) as [tf.Tensor];
  const graph = graphOf(model, "t");
  const expected = (model.predict(sample) as tf.Tensor).dataSync() as Float32Array;
  const given = tf.tidy(() => runGraph(graph, [sample])[0]!.dataSync() as Float32Array);
  t.true(relativeError([expected], [given]) < 1e-10);
});
