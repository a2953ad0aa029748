import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { UserError } from "../lib/errors.js";
import { buildRoot, descriptionName, loamRoot, nodeRoot } from "../lib/paths.js";

/** The files of a node. In a checkout of loam, they are those of the example. */
export interface NodeFolder {
  root: string;
  /** node.config.json */
  description: string;
  manifest: string;
  /** Folder of the network built into the firmware: model.tflite, normalizer.bin and operators.json. */
  network: string;
  /** Folder of the app script that is built into the firmware. */
  app: string;
}

const folderAt = (root: string): NodeFolder => ({
  root,
  description: path.join(root, descriptionName),
  manifest: path.join(root, "manifest.json"),
  network: path.join(root, root === loamRoot ? "device/model" : "model"),
  app: path.join(root, root === loamRoot ? "device/app" : "app"),
});

/** The example, an irrigation node, is part of loam. */
export const exampleNode = folderAt(loamRoot);

/** The node of the working folder or the nearest folder above it. */
export const currentNode: NodeFolder | undefined = nodeRoot === undefined ? undefined : folderAt(nodeRoot);

/** @throws UserError when the working folder is not inside a node's folder */
export function requireNode(): NodeFolder {
  if (currentNode) return currentNode;
  throw new UserError(
    `there is no ${descriptionName} in ${process.cwd()} or a folder above it: make a node with npx loam-node init DIR, or name its description with --node FILE`,
  );
}

/** The network of the firmware: the node's, or the example's. */
export const firmwareModel = (): string => path.join((currentNode ?? exampleNode).network, "model.tflite");

/** Manifest of the simulated node. A description without a manifest beside it runs with the example's app script. */
export const hostManifest = (): string =>
  currentNode && existsSync(currentNode.manifest) ? currentNode.manifest : exampleNode.manifest;

/** Where loam train and loam example write networks, and other commands look for them by default. */
export const defaultModel = path.join(buildRoot, "model");

/** Folder of simulated recordings. */
export const simulatedRecordings = path.join(buildRoot, "recordings");

/** The node's folder "recordings", if it contains any. */
export function ownRecordings(): string | undefined {
  const folder = currentNode && path.join(currentNode.root, "recordings");
  if (!folder || !existsSync(folder)) return undefined;
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).some((name) => name.endsWith(".csv"))
    ? folder
    : undefined;
}

/** The recordings that a command reads by default. */
export const defaultRecordings = (): string => ownRecordings() ?? simulatedRecordings;

/** For the help of --recordings. */
export const recordingsHelp = "default: recordings, when there are any, else the simulated ones in build/recordings";
