import * as tfl from "@tensorflow/tfjs-layers";
import type * as tf from "@tensorflow/tfjs-core";
import { joined, joinedNumbers } from "../lib/bytes.js";
import { UserError } from "../lib/errors.js";
import { readKerasArchive } from "../keras/archive.js";
import { kerasKind } from "../keras/kind.js";
import { readLegacyModel } from "../keras/legacy.js";
import type { Topology } from "../keras/topology.js";
import { registerCustomLayers } from "../tf/customLayers.js";
import { readableTopology } from "./kerasTopology.js";
import { isGraphModel, parseModelJson, readWeights, type ModelFiles } from "./modelJson.js";
import { openModel, type Opened } from "./opened.js";

type Artifacts = Pick<tf.io.ModelArtifacts, "weightSpecs" | "weightData" | "userDefinedMetadata">;

/** @param artifacts without weights the model has random ones */
async function modelOf(file: string, topology: Topology, artifacts: Artifacts): Promise<tfl.LayersModel> {
  try {
    return await tfl.loadLayersModel({ load: () => Promise.resolve({ modelTopology: topology, ...artifacts }) });
  } catch (error) {
    const [reason] = (error as Error).message.split(/\n| This may be due to/);
    // Not one of tfjs's own messages: it took something for there that is not.
    if (error instanceof TypeError)
      throw new UserError(
        `tfjs cannot load ${file}: its modelTopology lacks parts that models of Keras 2 and 3 have (${reason}); save the model again, or convert it again with tensorflowjs_converter`,
      );
    throw new UserError(`tfjs cannot load ${file}: ${reason}`);
  }
}

async function kerasModel(file: string, bytes: Uint8Array): Promise<tfl.LayersModel> {
  const { topology: given, setWeights } = await readKerasArchive(file, bytes);
  const model = await modelOf(file, readableTopology(given).topology, {});
  setWeights(model);
  return model;
}

async function legacyModel(file: string, bytes: Uint8Array): Promise<tfl.LayersModel> {
  const { topology: given, weights } = await readLegacyModel(file, bytes);
  const { topology, weightName } = readableTopology(given);
  const weightSpecs = weights.map(({ name, shape }) => ({ name: weightName(name), shape, dtype: "float32" as const }));
  const weightData = joinedNumbers(weights.map(({ data }) => data)).buffer as ArrayBuffer;
  return modelOf(file, topology, { weightSpecs, weightData });
}

/**
 * Loads a tfjs LayersModel, or a model of Keras from its .keras or .h5 file. Models of Keras 2 and 3.
 * @throws UserError for a missing or cut-short file, a graph model, or a layer that tfjs does not know.
 */
export const readLayersModel = async (files: ModelFiles): Promise<tfl.LayersModel> =>
  layersModelOf(await openModel(files));

/** The same of what has been read. */
export async function layersModelOf({ files, bytes }: Opened): Promise<tfl.LayersModel> {
  registerCustomLayers();
  const file = files.name;
  const keras = kerasKind(bytes);
  if (keras) return keras === "h5" ? legacyModel(file, bytes) : kerasModel(file, bytes);
  const json = parseModelJson(file, bytes);
  if (isGraphModel(json))
    throw new UserError(
      `${file} is a tfjs graph model, which only \`loam convert\` takes; here a layers model is needed: export it with --output_format=tfjs_layers_model, or save it with model.save()`,
    );
  const { topology, weightName } = readableTopology(json.modelTopology!);
  const groups = json.weightsManifest!;
  const weightSpecs = groups.flatMap((group) =>
    group.weights.map((weight) => ({ ...weight, name: weightName(weight.name) })),
  );
  const weightData = joined((await readWeights(files, groups)).map((part) => new Uint8Array(part))).buffer;
  return modelOf(file, topology, {
    weightSpecs,
    weightData,
    ...(json.userDefinedMetadata && { userDefinedMetadata: json.userDefinedMetadata }),
  });
}
