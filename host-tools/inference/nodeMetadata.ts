/** The node that a network was made for, in its .tflite. */
import { deflateRawSync, inflateRawSync } from "node:zlib";
import type { TfliteModel } from "tfjs-to-tflite/tflite/index.js";
import { isNetworkNode, type NetworkNode } from "../node/networkNode.js";
import { withMetadata } from "./metadata.js";

/** JSON, deflated: the file is in flash, and travels by radio. */
export const nodeMetadataName = "LOAM_NODE";
/** A name of metadata is free for others: larger ones are not ours. */
const mostBytes = 1_000_000;

export const withNode = (model: TfliteModel, node: NetworkNode): TfliteModel =>
  withMetadata(model, nodeMetadataName, deflateRawSync(JSON.stringify(node), { level: 9 }));

/** Undefined: the file does not say. */
export function nodeIn(model: TfliteModel): NetworkNode | undefined {
  const found = model.metadata.find(({ name }) => name === nodeMetadataName);
  const bytes = found && model.buffers[found.buffer];
  if (!bytes) return undefined;
  try {
    const value: unknown = JSON.parse(inflateRawSync(bytes, { maxOutputLength: mostBytes }).toString());
    return isNetworkNode(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
