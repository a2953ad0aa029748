// Slow: random graphs through engine and judges
import test from "ava";
import { layerTable } from "tfjs-to-tflite/convert/layers/index.js";
import { convertModel } from "../../host-tools/convert/index.js";
import { infer, InferenceSession } from "../../host-tools/inference/index.js";
import { readTflite } from "tfjs-to-tflite/graph/tflite.js";
import { eachActivation } from "tfjs-to-tflite/quantize/observe.js";
import { compareWithDesktop } from "../judge/check.js";
import { needs, tflm } from "../helpers/needs.js";
import { startPlainBackend } from "./backend.js";
import { errorBounds } from "./bound.js";
import { onlyInCases } from "./layerCases.js";
import { randomModel, randomSamples } from "./randomModels.js";
import { predict, run, toBytes } from "./run.js";
import { sampleSetOf } from "tfjs-to-tflite/graph/sampleSet.js";

/** LOAM_MODELS=2000 tries more. */
const models = Number(process.env["LOAM_MODELS"] ?? 80);
const samplesEach = 4;

/** Layers that tfjs has, but that do nothing at inference and are Dropout by other names; and those that layers.test.ts has cases of. */
const unseen = ["SpatialDropout1D", "GaussianDropout", "AlphaDropout", ...onlyInCases];

/** The models of the first seeds, and of later seeds those with a kind of layer that no earlier one had. */
const seeds: number[] = [];

test.before(async () => {
  await startPlainBackend();
  const missing = new Set(Object.keys(layerTable).filter((name) => !unseen.includes(name)));
  for (let seed = 0; seed < models || (missing.size > 0 && seed < 50 * models); seed++) {
    const found = randomModel(seed).layers.filter((layer) => missing.delete(layer.getClassName()));
    if (seed < models || found.length > 0) seeds.push(seed);
  }
  if (missing.size > 0) throw new Error(`no random model has ${[...missing].join(", ")}`);
});

test("float: TensorFlow Lite gives tfjs's prediction within 1e-5", async (t) => {
  for (const seed of seeds) {
    const model = randomModel(seed);
    const samples = randomSamples(model, samplesEach, seed);
    const conversion = await convertModel(model, { mode: "float", name: "random" });
    const given = await run(conversion, samples, { backend: "tflite" });
    predict(model, samples).forEach((tensor, which) => {
      const expected = tensor.dataSync() as Float32Array;
      const size = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
      const off = expected.reduce((most, value, i) => Math.max(most, Math.abs(value - given[which]![i]!)), 0);
      t.true(off <= 1e-5 * size, `seed ${seed}: off by ${off} of ${size}`);
    });
  }
});

test("int8: differs from tfjs's prediction by no more than the scales allow", async (t) => {
  const ratios: number[] = [];
  for (const seed of seeds) {
    const model = randomModel(seed);
    const samples = randomSamples(model, samplesEach, seed);
    const conversion = await convertModel(model, {
      mode: "int8",
      name: "random",
      calibration: samples,
      range: "minmax",
      biasCorrection: false,
    });
    const { graph } = conversion.quantized!;
    const peaks = new Map<number, number>();
    await eachActivation(graph, await sampleSetOf(graph, samples), (tensor, values) =>
      peaks.set(
        tensor,
        values.reduce((most, value) => Math.max(most, Math.abs(value)), peaks.get(tensor) ?? 0),
      ),
    );
    const bounds = errorBounds(conversion.quantized!, peaks);
    const given = await run(conversion, samples, { backend: "tflite" });
    predict(model, samples).forEach((tensor, which) => {
      const bound = bounds.get(graph.outputs[which]!)!;
      const expected = tensor.dataSync() as Float32Array;
      const off = expected.reduce((most, value, i) => Math.max(most, Math.abs(value - given[which]![i]!)), 0);
      t.true(off <= bound, `seed ${seed}: off by ${off}, ${bound} allowed`);
      ratios.push(off / expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-6));
    });
  }
  const median = ratios.sort((a, b) => a - b)[ratios.length >> 1]!;
  t.log(`half of the outputs are within ${(median * 100).toFixed(2)} % of their peak`);
  t.true(median < 0.03);
});

test("int8: the node's engine and TensorFlow Lite agree in every byte, except where a known rule of the desktop kernels predicts exactly what they give", async (t) => {
  const [micro, desktop] = [await InferenceSession.start("micro"), await InferenceSession.start("tflite")];
  for (const seed of seeds) {
    const model = randomModel(seed);
    const samples = randomSamples(model, samplesEach, seed);
    const conversion = await convertModel(model, { mode: "int8", name: "random", calibration: samples });
    const inputs = toBytes(conversion, samples)[0]!;
    t.deepEqual(
      await compareWithDesktop(micro, desktop, { model: readTflite(conversion.tflite), inputs }),
      [],
      `seed ${seed}`,
    );
  }
  micro.close();
  desktop.close();
});

needs(tflm)("int8: the node's engine and TensorFlow Lite Micro agree in every byte", async (t) => {
  for (const seed of seeds) {
    const model = randomModel(seed);
    const samples = randomSamples(model, samplesEach, seed);
    const conversion = await convertModel(model, { mode: "int8", name: "random", calibration: samples });
    const inputs = toBytes(conversion, samples);
    const outputs = async (backend: "tflm" | "micro"): Promise<Uint8Array[][]> =>
      (await infer(conversion.tflite, inputs, { backend })).map((result) => result.outputs);
    t.deepEqual(await outputs("micro"), await outputs("tflm"), `seed ${seed}`);
  }
});
