import * as tfl from "@tensorflow/tfjs-layers";
import { joined } from "../lib/bytes.js";
import { UserError } from "../lib/errors.js";
import { registerCustomLayers } from "../tf/customLayers.js";
import { readableTopology } from "./kerasTopology.js";
import { isGraphModel, readModelJson, readWeights, type ModelFiles } from "./modelJson.js";

/**
 * Loads a tfjs LayersModel. Models of Keras 2 and 3.
 * @throws UserError for a missing or cut-short file, a graph model, or a layer that tfjs does not know.
 */
export async function readLayersModel(files: ModelFiles): Promise<tfl.LayersModel> {
  registerCustomLayers();
  const json = await readModelJson(files);
  const file = files.name;
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
