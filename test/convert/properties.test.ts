// Slow: random graphs through engine and judges
import test from "ava";
import { layerTable } from "../../host-tools/convert/layers/index.js";
import { convertModel } from "../../host-tools/convert/index.js";
import { infer, InferenceSession } from "../../host-tools/inference/index.js";
import { readTflite } from "../../host-tools/graph/tflite.js";
import { eachActivation } from "../../host-tools/quantize/observe.js";
import { compareWithDesktop } from "../judge/check.js";
import { needs, tflm } from "../helpers/needs.js";
import { startPlainBackend } from "./backend.js";
import { errorBounds } from "./bound.js";
import { randomModel, randomSamples } from "./randomModels.js";
import { predict, run, toBytes } from "./run.js";

/** LOAM_MODELS=2000 tries more. */
const models = Number(process.env["LOAM_MODELS"] ?? 80);
const samplesEach = 4;

test.before(startPlainBackend);

const kinds = new Set<string>();

test("float: TensorFlow Lite gives tfjs's prediction within 1e-5", async (t) => {
  for (let seed = 0; seed < models; seed++) {
    const model = randomModel(seed);
    model.layers.forEach((layer) => kinds.add(layer.getClassName()));
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
  const missing = Object.keys(layerTable).filter(
    (name) => !kinds.has(name) && !["SpatialDropout1D", "GaussianDropout", "AlphaDropout"].includes(name),
  );
  t.deepEqual(missing, [], "every kind of layer was among the random models");
});

test("int8: off from tfjs's prediction by no more than the scales allow", async (t) => {
  const ratios: number[] = [];
  for (let seed = 0; seed < models; seed++) {
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
    eachActivation(graph, samples, (tensor, values) =>
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

test("int8: the node's engine and TensorFlow Lite agree in every byte, but where a known rule of its desktop kernels says exactly what they give", async (t) => {
  const [micro, desktop] = [await InferenceSession.start("micro"), await InferenceSession.start("tflite")];
  for (let seed = 0; seed < models; seed++) {
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
  for (let seed = 0; seed < models; seed++) {
    const model = randomModel(seed);
    const samples = randomSamples(model, samplesEach, seed);
    const conversion = await convertModel(model, { mode: "int8", name: "random", calibration: samples });
    const inputs = toBytes(conversion, samples);
    const outputs = async (backend: "tflm" | "micro"): Promise<Uint8Array[][]> =>
      (await infer(conversion.tflite, inputs, { backend })).map((result) => result.outputs);
    t.deepEqual(await outputs("micro"), await outputs("tflm"), `seed ${seed}`);
  }
});
