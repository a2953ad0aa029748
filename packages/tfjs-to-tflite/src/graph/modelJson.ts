/** The model.json of either kind of tfjs model, and the bytes of its weights. */
import type * as tf from "@tensorflow/tfjs-core";
import { UserError } from "../lib/errors.js";
import { joined, latin1 } from "../lib/bytes.js";
import { textOf } from "../lib/text.js";
import type { Topology } from "../keras/topology.js";

/** Where a model is: on a disk, on a host, or what somebody dropped on a page. */
export interface ModelFiles {
  /** Of model.json, as messages name it. */
  name: string;
  /** @param part the name of another file, as model.json has it; default: model.json itself @throws UserError when it cannot be read */
  read(part?: string): Promise<Uint8Array>;
}

interface WeightGroup {
  paths: string[];
  weights: tf.io.WeightsManifestEntry[];
}

export interface ModelJson {
  format?: string;
  modelTopology?: Topology & { node?: unknown };
  weightsManifest?: WeightGroup[];
  trainingConfig?: tf.io.TrainingConfig;
  userDefinedMetadata?: Record<string, never>;
}

const bytesPerElement: Record<string, number> = {
  float32: 4,
  int32: 4,
  bool: 1,
  complex64: 8,
  float16: 2,
  uint8: 1,
  uint16: 2,
};

function weightBytes({ shape, dtype, quantization }: tf.io.WeightsManifestEntry): number {
  return shape.reduce((product, n) => product * n, 1) * (bytesPerElement[quantization?.dtype ?? dtype] ?? 4);
}

/** Other files that users may pass as a model.json: their first bytes, what they are, and what to do with them. */
const otherFormats: readonly (readonly [start: string, what: string, instead: string])[] = [
  ["\x89HDF", "a Keras model in HDF5", "its name must end in .h5"],
  ["PK\x03\x04", "a zip archive, such as a .keras file", "its name must end in .keras or .zip"],
  ["\x1f\x8b", "a gzip archive (.tar.gz, .gz)", "unpack it, and give the folder of its model.json"],
];

/** A protocol buffer's fields of ONNX's ModelProto (onnx.proto): the version of the format (1), then another one of the first eight. No JSON begins so. */
const isOnnx = ([first, version = 0, next = 0]: Uint8Array): boolean =>
  first === 0x08 && version > 0 && version < 0x40 && next >> 3 >= 2 && next >> 3 <= 8 && [0, 2].includes(next & 7);

const onnx =
  "is an ONNX model, which is not read: give the Keras or TensorFlow.js model that it was made of; else let onnx2tf (Python) make a SavedModel of it, and tensorflowjs_converter --input_format=tf_saved_model a graph model of that, and give its model.json";

/** What hosts answer for a page about a model, or in place of a file that they do not have. */
const isHtml = (bytes: Uint8Array): boolean => /^\s*<(?:!doctype html|html)/i.test(latin1(bytes, 0, 200));

/** What Git has in place of a large file until it is asked for it. */
const isLfsPointer = (bytes: Uint8Array): boolean =>
  latin1(bytes, 0, 42) === "version https://git-lfs.github.com/spec/v1";
const lfsPointer = "is what Git LFS has in place of the file: git lfs pull brings it";

/** What shards are that are not the weights that they should be. */
function notWeights(paths: readonly string[], shards: readonly Uint8Array[]): string {
  const page = paths[shards.findIndex(isHtml)];
  if (page !== undefined) return `; ${page} is an HTML page, as hosts answer for a file that they do not have`;
  const pointer = paths[shards.findIndex(isLfsPointer)];
  return pointer === undefined ? "" : `; ${pointer} ${lfsPointer}`;
}

/** A weights manifest by itself, as face-api.js has them: which layers the weights belong to stands in that library's code. */
const isManifest = (json: unknown): json is WeightGroup[] =>
  Array.isArray(json) &&
  json.length > 0 &&
  json.every((group: Partial<WeightGroup> | null) => Array.isArray(group?.paths) && Array.isArray(group.weights));

const withoutTopology = (file: string, groups: readonly WeightGroup[]): string =>
  `${file} is a weights manifest without a topology, such as those of face-api.js: ${groups.reduce((sum, { weights }) => sum + weights.length, 0)} tensors in ${groups.flatMap(({ paths }) => paths).join(", ")}. Which layers they belong to is in the code of the library that they come with; build the network there as a tfjs model and save that with model.save()`;

/** Whether it is a graph model; those of old do not say so. */
export const isGraphModel = ({ format, modelTopology }: ModelJson): boolean =>
  format === "graph-model" || modelTopology?.node !== undefined;

/** @throws UserError saying what the file actually is */
export function parseModelJson(file: string, bytes: Uint8Array): ModelJson {
  const expected = "expected the model.json of a tfjs model";
  const other = otherFormats.find(([start]) => latin1(bytes, 0, start.length) === start);
  if (other) throw new UserError(`${file} is ${other[1]}; ${other[2]}`);
  if (isOnnx(bytes)) throw new UserError(`${file} ${onnx}`);
  if (isHtml(bytes))
    throw new UserError(
      `${file} is an HTML page, not JSON; ${expected}. Its address ends in model.json, or is that of the folder which has it`,
    );
  if (isLfsPointer(bytes)) throw new UserError(`${file} ${lfsPointer}`);
  if (latin1(bytes, 4, 8) === "TFL3") throw new UserError(`${file} is already a .tflite; ${expected}`);
  if (bytes.includes(0)) throw new UserError(`${file} is a binary file, not JSON; ${expected}`);
  let json: ModelJson | null;
  try {
    json = JSON.parse(textOf(bytes, file)) as ModelJson | null;
  } catch (error) {
    throw new UserError(`${file} is not JSON (${(error as Error).message}); ${expected}`);
  }
  if (isManifest(json)) throw new UserError(withoutTopology(file, json));
  if (typeof json?.modelTopology !== "object" || !(json.modelTopology as object | null))
    throw new UserError(`${file} has no "modelTopology"; ${expected}`);
  const whole =
    Array.isArray(json.weightsManifest) &&
    json.weightsManifest.every(
      (group: Partial<WeightGroup> | null) =>
        Array.isArray(group?.paths) &&
        Array.isArray(group.weights) &&
        group.weights.every(({ shape }) => Array.isArray(shape)),
    );
  if (!whole)
    throw new UserError(
      `${file} has no "weightsManifest" that lists files ("paths") and their "weights"; ${expected}, saved with its weights`,
    );
  return json;
}

/** The parsed model.json. */
export const readModelJson = async (files: ModelFiles): Promise<ModelJson> =>
  parseModelJson(files.name, await files.read());

/** The bytes of each group of weights. @throws UserError for a missing or cut-short file */
export async function readWeights(files: ModelFiles, groups: readonly WeightGroup[]): Promise<ArrayBuffer[]> {
  const parts: ArrayBuffer[] = [];
  for (const group of groups) {
    const shards = await Promise.all(group.paths.map((part) => files.read(part)));
    const all = joined(shards);
    const needed = group.weights.reduce((sum, weight) => sum + weightBytes(weight), 0);
    if (all.length !== needed)
      throw new UserError(
        `${group.paths.join(", ")} beside ${files.name}: ${needed} bytes of weights expected, ${all.length} found${notWeights(group.paths, shards)}`,
      );
    parts.push(all.buffer);
  }
  return parts;
}
