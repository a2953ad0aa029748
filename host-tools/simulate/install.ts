/** A network becomes the firmware's. */
import path from "node:path";
import { microArena } from "../inference/microArena.js";
import { updateFirmwareOperators, usedOperators } from "../inference/operators.js";
import { readModel } from "../inference/readModel.js";
import { UserError } from "../lib/errors.js";
import { readUserFile } from "../lib/files.js";
import { writeOutputs } from "../lib/outputs.js";
import type { NodeFolder } from "../node/nodeFolder.js";
import type { CheckedNode } from "../node/schema/node.js";
import { requireFitting } from "./model.js";

const files = ["model.tflite", "normalizer.bin"] as const;

export interface Installed {
  /** The folder that the firmware takes its network from. */
  folder: string;
  files: string[];
  bytes: number;
  /** Bytes of arena that it needs, and that the node has. */
  arena: number;
  arenaBudget: number;
  /** Built into the firmware. */
  operators: string[];
}

/**
 * Copies an int8 .tflite, and the normalizer.bin beside it, into the node's folder, and lists the operators that the firmware needs.
 * @throws UserError before anything is written, when the network is not for this node or has no room in it
 */
export async function installNetwork(network: string, node: NodeFolder, config: CheckedNode): Promise<Installed> {
  await requireFitting(network, config);
  const { bytes, model } = await readModel(network);
  const { tensors, inputs } = model.subgraphs[0]!;
  const { type } = tensors[inputs[0]!]!;
  if (type !== "INT8")
    throw new UserError(
      `${network} takes ${type.toLowerCase()}, the firmware int8: make it with npx loam convert --calibrate`,
    );
  const { needed } = await microArena(bytes, model);
  const { arenaBytes } = config.model;
  if (needed > arenaBytes)
    throw new UserError(
      `${network} needs an arena of ${needed.toLocaleString("en-US")} bytes, the node has ${arenaBytes.toLocaleString("en-US")} (${(needed - arenaBytes).toLocaleString("en-US")} short): train a smaller one with npx loam train --search, or raise model.arenaBytes`,
    );
  const normalizer = await readUserFile(path.join(path.dirname(network), files[1]), "the network's normalizer");
  const places = files.map((name) => path.join(node.network, name));
  await writeOutputs([
    [places[0]!, bytes],
    [places[1]!, normalizer],
  ]);
  await updateFirmwareOperators(node.network);
  return {
    folder: node.network,
    files: places,
    bytes: bytes.length,
    arena: needed,
    arenaBudget: arenaBytes,
    operators: usedOperators([{ file: network, model }]),
  };
}
