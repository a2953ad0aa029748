import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import type * as tf from "@tensorflow/tfjs-core";
import * as tfl from "@tensorflow/tfjs-layers";
import { UserError } from "../lib/errors.js";
import { readUserFile } from "../lib/files.js";
import { jsonKind, rawKind } from "../lib/fileKinds.js";
import { writeOutputs } from "../lib/outputs.js";
import { textOf } from "../lib/text.js";
import type { PlannedFile } from "../lib/overwrite.js";
import { registerCustomLayers } from "../tf/customLayers.js";
import { readableTopology, type Topology } from "./kerasTopology.js";

interface WeightGroup {
  paths: string[];
  weights: tf.io.WeightsManifestEntry[];
}

interface ModelJson {
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

const converter = "tensorflowjs_converter --output_format=tfjs_layers_model";
/** Other files that users may pass as a model.json: their first bytes, what they are, and what to do with them. */
const otherFormats: readonly (readonly [start: string, what: string, instead: string])[] = [
  [
    "\x89HDF",
    "a Keras model in HDF5",
    `convert it to a tfjs model with: ${converter} --input_format=keras FILE FOLDER`,
  ],
  [
    "PK\x03\x04",
    "a zip archive, such as a .keras file",
    `save it as .h5 and convert that to a tfjs model with: ${converter} --input_format=keras FILE FOLDER`,
  ],
];

/** @throws UserError saying what the file actually is */
function parseModelJson(file: string, bytes: Buffer): ModelJson {
  const expected = "expected the model.json of a tfjs LayersModel";
  const other = otherFormats.find(([start]) => bytes.toString("latin1", 0, start.length) === start);
  if (other) throw new UserError(`${file} is ${other[1]}; ${other[2]}`);
  if (bytes.toString("latin1", 4, 8) === "TFL3") throw new UserError(`${file} is already a .tflite; ${expected}`);
  if (bytes.includes(0)) throw new UserError(`${file} is a binary file, not JSON; ${expected}`);
  let json: ModelJson | null;
  try {
    json = JSON.parse(textOf(bytes, file)) as ModelJson | null;
  } catch (error) {
    throw new UserError(`${file} is not JSON (${(error as Error).message}); ${expected}`);
  }
  if (json?.format === "graph-model" || json?.modelTopology?.node !== undefined) {
    throw new UserError(
      `${file} is a tfjs graph model; loam converts layers models. Export it with --output_format=tfjs_layers_model, or save it with model.save()`,
    );
  }
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

/** The path of model.json, given the file or its folder. */
async function modelFile(location: string): Promise<string> {
  const isFolder = await stat(location).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder) return location;
  const names = await readdir(location);
  if (names.includes("saved_model.pb"))
    throw new UserError(
      `${location} is a TensorFlow SavedModel; convert the Keras model that it was saved from to a tfjs model with: ${converter} --input_format=keras FILE FOLDER`,
    );
  return path.join(location, "model.json");
}

/** All files of a model, model.json first, for commands that must not overwrite them. */
export async function modelSources(location: string): Promise<string[]> {
  const file = await modelFile(location);
  const { weightsManifest } = parseModelJson(file, await readUserFile(file, "the model"));
  return [file, ...weightsManifest!.flatMap(({ paths }) => paths.map((part) => path.join(path.dirname(file), part)))];
}

/**
 * Loads a tfjs LayersModel from disk: the path of its model.json, or of the folder that holds it. Models of Keras 2 and 3.
 * @throws UserError for a missing or cut-short file, a graph model, or a layer that tfjs does not know.
 */
export async function loadLayersModel(location: string): Promise<tfl.LayersModel> {
  registerCustomLayers();
  const file = await modelFile(location);
  const json = parseModelJson(file, await readUserFile(file, "the model"));
  const { topology, weightName } = readableTopology(json.modelTopology!);
  const groups = json.weightsManifest!;
  const weightSpecs = groups.flatMap((group) =>
    group.weights.map((weight) => ({ ...weight, name: weightName(weight.name) })),
  );
  const shards: Buffer[] = [];
  for (const group of groups) {
    const parts = await Promise.all(
      group.paths.map((part) => readUserFile(path.join(path.dirname(file), part), "the weights")),
    );
    const given = parts.reduce((sum, part) => sum + part.length, 0);
    const needed = group.weights.reduce((sum, weight) => sum + weightBytes(weight), 0);
    if (given !== needed)
      throw new UserError(
        `${group.paths.join(", ")} beside ${file}: ${needed} bytes of weights expected, ${given} found`,
      );
    shards.push(...parts);
  }
  const all = Buffer.concat(shards);
  const weightData = all.buffer.slice(all.byteOffset, all.byteOffset + all.length);
  try {
    return await tfl.loadLayersModel({
      load: () =>
        Promise.resolve({
          modelTopology: topology,
          weightSpecs,
          weightData,
          userDefinedMetadata: json.userDefinedMetadata!,
        }),
    });
  } catch (error) {
    const [reason] = (error as Error).message.split("\n");
    const unknown = /Unknown layer: (\w+)/.exec(reason!);
    if (unknown)
      throw new UserError(
        `${file} has a layer of type ${unknown[1]}, which tfjs does not support; replace it with layers that \`loam convert --layers\` lists`,
      );
    throw new UserError(`tfjs cannot load ${file}: ${reason}`);
  }
}

const modelJsonKind = jsonKind(
  "a tfjs model",
  ({ modelTopology, format }) => typeof modelTopology === "object" && format !== "graph-model",
);

/** The files that saveLayersModel writes. */
export const savedModelFiles = (folder: string): PlannedFile[] => [
  { file: path.join(folder, "model.json"), kind: modelJsonKind },
  { file: path.join(folder, "weights.bin"), kind: rawKind },
];

/** Saves FOLDER/model.json and FOLDER/weights.bin; each is written atomically. */
export async function saveLayersModel(model: tfl.LayersModel, folder: string): Promise<void> {
  registerCustomLayers();
  await model.save({
    save: async ({ modelTopology, weightSpecs, weightData, userDefinedMetadata }) => {
      const parts = Array.isArray(weightData) ? weightData : [weightData!];
      const weights = Buffer.concat(parts.map((part) => Buffer.from(part)));
      const json = {
        format: "layers-model",
        generatedBy: "loam",
        convertedBy: null,
        modelTopology,
        weightsManifest: [{ paths: ["weights.bin"], weights: weightSpecs }],
        ...(userDefinedMetadata && { userDefinedMetadata }),
      };
      await writeOutputs([
        [path.join(folder, "weights.bin"), weights],
        [path.join(folder, "model.json"), `${JSON.stringify(json)}\n`],
      ]);
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: "JSON" } };
    },
  });
}
