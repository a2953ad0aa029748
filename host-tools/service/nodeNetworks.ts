/** The networks that the nodes of a cloud may have: what their windows mean, and what decides on them. */
import type { NodeConfig } from "../../device/config.js";
import { featureLayout } from "../../device/features/layout.js";
import type { InputQuantization, NodeNetwork } from "../cloud/cloud.js";
import { UserError } from "../lib/errors.js";
import { readUserFile } from "../lib/files.js";
import { nodeModel, requireFitting } from "../simulate/model.js";
import { inputQuantization, openPredictor } from "../simulate/predictor.js";
import { nameNetwork, storeNetwork, type NetworkDescription } from "../store/networks.js";
import type { Store } from "../store/store.js";
import type { CloudConfig } from "./config.js";
import { describeNetwork } from "./description.js";

/** By the sequence of the package that brought each; 0: the firmware's own. `id`: of what its windows mean. */
export type NodeNetworks = ReadonlyMap<number, NodeNetwork & { id: string }>;

/** One of a description, checked. */
export interface NetworkFile {
  sequence: number;
  model: string;
  input: InputQuantization;
  description: NetworkDescription;
}

/** @throws UserError for a file that is not there, or a network of other nodes */
export async function readNetworks({ model, networks }: CloudConfig, node: NodeConfig): Promise<NetworkFile[]> {
  const files = [await readNetwork(model ?? nodeModel(), 0, node)];
  for (const [i, { model: file, sequence }] of networks.entries())
    try {
      files.push(await readNetwork(file, sequence, node));
    } catch (error) {
      if (error instanceof UserError) throw new UserError(`networks[${i}], sequence ${sequence}: ${error.message}`);
      throw error;
    }
  return files;
}

async function readNetwork(model: string, sequence: number, node: NodeConfig): Promise<NetworkFile> {
  await requireFitting(model, node);
  const input = inputQuantization(await readUserFile(model, "the model"));
  return { sequence, model, input, description: await describeNetwork(model, node, input) };
}

/** Ready to decide. @param onNamed windows that were kept without a network are known to be of this one now */
export async function openNetworks(
  files: readonly NetworkFile[],
  node: NodeConfig,
  store: Store,
  onNamed: (sequence: number, windows: number) => void,
): Promise<{ networks: NodeNetworks; close(): void }> {
  const { frames } = node.window;
  const features = featureLayout(node).count;
  const networks = new Map<number, NodeNetwork & { id: string }>();
  const closers: (() => void)[] = [];
  const close = () => {
    for (const one of closers) one();
  };
  try {
    for (const { sequence, model, input, description } of files) {
      const id = await storeNetwork(store, description);
      const windows = await nameNetwork(store, sequence, id);
      if (windows > 0) onNamed(sequence, windows);
      const predictor = await openPredictor(model);
      closers.push(() => predictor.close());
      // What it takes is built now, and not while a node waits.
      await predictor.predict(new Float32Array(frames * features), frames, features);
      networks.set(sequence, { id, input, shape: { frames, features }, predict: predictor.predict });
    }
  } catch (error) {
    close();
    throw error;
  }
  return { networks, close };
}
