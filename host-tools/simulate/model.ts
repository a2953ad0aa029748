import { existsSync } from "node:fs";
import path from "node:path";
import type { NodeConfig } from "../../device/config.js";
import { featureLayout } from "../../device/features/layout.js";
import { readModel } from "../inference/readModel.js";
import { UserError } from "../lib/errors.js";
import { readUserFile } from "../lib/files.js";
import { nodeIn } from "../inference/nodeMetadata.js";
import { requireSameNode } from "../node/networkNode.js";
import { requireNamesIn } from "../node/networkNames.js";
import { defaultModel, firmwareModel } from "../node/nodeFolder.js";

/** The network trained last, with the float network for the cloud beside it; if there is none, the firmware's. */
export function nodeModel(): string {
  const trained = path.join(defaultModel, "model.tflite");
  return existsSync(trained) ? trained : firmwareModel();
}

/** @throws UserError when a network has no normalizer, or does not match the node description */
export async function requireFitting(model: string, config: NodeConfig): Promise<void> {
  const { model: read } = await readModel(model);
  requireSameNode(model, nodeIn(read), config);
  const { tensors, inputs, outputs } = read.subgraphs[0]!;
  const size = (tensor: number | undefined): number =>
    tensors[tensor ?? -1]?.shape.reduce((product, n) => product * n, 1) ?? 0;
  const [frames, features] = [config.window.frames, featureLayout(config).count];
  if (size(inputs[0]) !== frames * features || size(outputs[0]) !== config.classes.length) {
    throw new UserError(
      `${model} takes windows of ${size(inputs[0])} features and has ${size(outputs[0])} classes; this node has ${frames} frames of ${features} features and ${config.classes.length} classes: choose a matching network with --model`,
    );
  }
  const normalizer = path.join(path.dirname(model), "normalizer.bin");
  if (!existsSync(normalizer))
    throw new UserError(`${model} has no normalizer.bin beside it; loam train writes one with its networks`);
  const names = { features: featureLayout(config).names, classes: config.classes };
  requireNamesIn(normalizer, await readUserFile(normalizer, "the normalizer"), names);
}

/** The node's network, if there is one that matches the description. */
export async function fittingModel(config: NodeConfig): Promise<string | undefined> {
  const model = nodeModel();
  try {
    await requireFitting(model, config);
    return model;
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}
