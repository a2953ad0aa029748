/** Models of any kind that samples run through: tfjs's own, by tfjs, and .tflite files, by an engine. */
import path from "node:path";
import type { GraphModel as TfjsGraphModel } from "@tensorflow/tfjs-converter";
import * as tf from "@tensorflow/tfjs-core";
import type * as tfl from "@tensorflow/tfjs-layers";
import type { GraphModel } from "tfjs-to-tflite/convert/graphModel/index.js";
import { readModel as readTfjsModel } from "tfjs-to-tflite/convert/readModel.js";
import { modelFiles } from "tfjs-to-tflite/graph/modelFiles.js";
import { readTflite } from "tfjs-to-tflite/graph/tflite.js";
import { sizeOf } from "tfjs-to-tflite/graph/shape.js";
import type { OutputValues } from "tfjs-to-tflite/convert/outputAgreement.js";
import { canReset, infer, type Backend } from "../inference/index.js";
import { allSubgraphs } from "../inference/graph.js";
import { readModel } from "../inference/readModel.js";
import { bytesOf, numbersOf } from "../inference/realNumbers.js";
import { UserError } from "../lib/errors.js";

/** Samples of each input, one after the other, [samples, ...shape]. */
export interface SampleInput {
  data: Float32Array;
  /** Of one sample; undefined where the file has none. */
  shape?: readonly number[];
}

export interface Runnable {
  /** What computes it, for people. */
  by: string;
  /** Sizes that are free are null. */
  inputs: readonly { name: string; shape: readonly (number | null)[] }[];
  outputs: readonly string[];
  run(inputs: readonly SampleInput[], samples: number): Promise<OutputValues[]>;
}

const joined = (parts: readonly Float32Array[]): Float32Array => {
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  parts.reduce((at, part) => (all.set(part, at), at + part.length), 0);
  return all;
};

/** The shape of one sample: the model's own, its free sizes as the samples have them. @throws UserError when the samples do not say them */
function sampleShape(name: string, shape: readonly (number | null)[], given: SampleInput): number[] {
  return shape.map((size, axis) => {
    const own = size ?? given.shape?.[axis];
    if (own === undefined)
      throw new UserError(
        `input "${name}" has the shape [${shape.map((each) => each ?? "free").join(", ")}]: give samples with a shape, as .npy`,
      );
    return own;
  });
}

/** Samples that run together in a layers model. */
const batch = 16;

/** @param size samples that run together @param predict tensors of a batch to tensors */
async function runTfjs(
  ends: Runnable["inputs"],
  given: readonly SampleInput[],
  samples: number,
  size: number,
  predict: (inputs: tf.Tensor[]) => tf.Tensor[],
): Promise<OutputValues[]> {
  const parts: Float32Array[][] = [];
  for (let from = 0; from < samples; from += size) {
    const count = Math.min(size, samples - from);
    const results = tf.tidy(() =>
      predict(
        ends.map(({ name, shape }, i) => {
          const each = given[i]!.data.length / samples;
          const values = given[i]!.data.subarray(from * each, (from + count) * each);
          return tf.tensor(values, [count, ...sampleShape(name, shape, given[i]!)], "float32");
        }),
      ),
    );
    parts.push(await Promise.all(results.map(async (result) => Float32Array.from(await result.data()))));
    results.forEach((result) => result.dispose());
  }
  return parts[0]!.map((_, output) => joined(parts.map((part) => part[output]!)));
}

function runnableLayers(model: tfl.LayersModel): Runnable {
  const inputs = model.inputs.map(({ name, shape }) => ({ name, shape: shape.slice(1) }));
  return {
    by: "tfjs",
    inputs,
    outputs: model.outputs.map(({ name }) => name),
    run: (given, samples) =>
      runTfjs(inputs, given, samples, batch, (tensors) =>
        [model.predict(tensors.length === 1 ? tensors[0]! : tensors)].flat(),
      ),
  };
}

/** A graph model as tfjs's own executor reads it. */
export async function loadTfjsGraphModel({ json, weights }: GraphModel): Promise<TfjsGraphModel> {
  const { loadGraphModel } = await import("@tensorflow/tfjs-converter");
  const { modelTopology, weightsManifest, ...rest } = json;
  const weightData = joinedBytes(weights);
  return await loadGraphModel({
    load: () =>
      Promise.resolve({
        ...rest,
        modelTopology,
        weightSpecs: weightsManifest.flatMap((group) => group.weights),
        weightData,
        format: "graph-model",
      } as tf.io.ModelArtifacts),
  });
}

/** By tfjs's own executor of graph models; in the order of the signature, where there is one. */
async function runnableGraphModel(given: GraphModel): Promise<Runnable> {
  const { json } = given;
  const model = await loadTfjsGraphModel(given);
  const signature = Object.entries(json.signature?.outputs ?? {}).map(([key, { name }]) => ({ key, name: name! }));
  const outputs = signature.length > 0 ? signature : model.outputs.map(({ name }) => ({ key: name, name }));
  const inputs = model.inputs.map(({ name, shape }) => ({
    name,
    shape: (shape ?? []).slice(1).map((size) => (size < 0 ? null : size)),
  }));
  return {
    by: "tfjs",
    inputs,
    outputs: outputs.map(({ key }) => key),
    run: (given, samples) =>
      runTfjs(inputs, given, samples, 1, (tensors) =>
        [
          model.execute(
            Object.fromEntries(inputs.map(({ name }, i) => [name, tensors[i]!])),
            outputs.map(({ name }) => name),
          ),
        ].flat(),
      ),
  };
}

function joinedBytes(parts: readonly ArrayBuffer[]): ArrayBuffer {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
  parts.reduce((at, part) => (all.set(new Uint8Array(part), at), at + part.byteLength), 0);
  return all.buffer;
}

/** A tfjs model in memory. */
export const runnableTfjs = async (model: tfl.LayersModel | GraphModel): Promise<Runnable> =>
  "json" in model ? await runnableGraphModel(model) : runnableLayers(model);

/** @param engine default: micro for integers, TensorFlow Lite for floats */
export function runnableTflite(bytes: Uint8Array, engine?: Backend): Runnable {
  const model = readTflite(bytes);
  const [graph] = allSubgraphs(model);
  const [inputs, outputs] = [graph.inputs, graph.outputs].map((ends) => ends.map((end) => graph.tensors[end]!));
  const isFloat = graph.tensors.every(({ type }) => type !== "INT8" && type !== "INT16");
  const backend = engine ?? (isFloat ? "tflite" : "micro");
  return {
    by: backend === "tflite" ? "TensorFlow Lite" : backend,
    inputs: inputs!.map(({ name, shape }) => ({ name, shape: shape.slice(1) })),
    outputs: outputs!.map(({ name }) => name),
    run: async (given, samples) => {
      const runs = Array.from({ length: samples }, (_, run) =>
        inputs!.map((tensor, i) => {
          const each = sizeOf(tensor.shape);
          return bytesOf(tensor, given[i]!.data.subarray(run * each, (run + 1) * each));
        }),
      );
      const results = await infer(bytes, runs, { backend, arena: 1 << 28, reset: canReset(backend, bytes) });
      return outputs!.map((tensor, which) =>
        joined(results.map((result) => numbersOf(tensor, result.outputs[which]!))),
      );
    },
  };
}

/**
 * A .tflite, or a tfjs model: its model.json or the folder of that. A tfjs backend must be running for the latter.
 * @param engine for a .tflite; default: micro for integers, TensorFlow Lite for floats
 */
export const runnable = async (location: string, engine?: Backend): Promise<Runnable> =>
  path.extname(location).toLowerCase() === ".tflite"
    ? runnableTflite((await readModel(location)).bytes, engine)
    : await runnableTfjs(await readTfjsModel(await modelFiles(location)));
