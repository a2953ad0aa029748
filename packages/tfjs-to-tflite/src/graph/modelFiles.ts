import path from "node:path";
import * as tfl from "@tensorflow/tfjs-layers";
import { UserError } from "../lib/errors.js";
import { jsonKind, rawKind } from "../lib/fileKinds.js";
import { writeOutputs } from "../lib/outputs.js";
import type { PlannedFile } from "../lib/overwrite.js";
import { registerCustomLayers } from "../tf/customLayers.js";
import { readableTopology } from "./kerasTopology.js";
import { isGraphModel, readModelJson, readWeights } from "./modelJson.js";

async function joined(parts: Promise<ArrayBuffer[]>): Promise<ArrayBuffer> {
  const all = Buffer.concat((await parts).map((part) => Buffer.from(part)));
  return all.buffer.slice(all.byteOffset, all.byteOffset + all.length);
}

/**
 * Loads a tfjs LayersModel from disk: the path of its model.json, or of the folder that holds it. Models of Keras 2 and 3.
 * @throws UserError for a missing or cut-short file, a graph model, or a layer that tfjs does not know.
 */
export async function loadLayersModel(location: string): Promise<tfl.LayersModel> {
  registerCustomLayers();
  const { file, json } = await readModelJson(location);
  if (isGraphModel(json))
    throw new UserError(
      `${file} is a tfjs graph model, which only \`loam convert\` takes; here a layers model is needed: export it with --output_format=tfjs_layers_model, or save it with model.save()`,
    );
  const { topology, weightName } = readableTopology(json.modelTopology!);
  const groups = json.weightsManifest!;
  const weightSpecs = groups.flatMap((group) =>
    group.weights.map((weight) => ({ ...weight, name: weightName(weight.name) })),
  );
  const weightData = await joined(readWeights(file, groups));
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
