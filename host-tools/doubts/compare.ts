import { createHash } from "node:crypto";
import path from "node:path";
import type { NodeConfig } from "../../device/config.js";
import { featureLayout } from "../../device/features/layout.js";
import { evaluateInt8 } from "../evaluate/evaluate.js";
import { UserError } from "../lib/errors.js";
import { readUserFile } from "../lib/files.js";
import { comparisonOf, type ComparedDoubt, type Comparison } from "../store/comparison.js";
import { normalizerOf, trainedDoubtsOf } from "../train/store.js";
import type { Doubts } from "./document.js";
import { doubtKey } from "./examples.js";
import { fittingDoubts, type Fitting, type FittingDoubt } from "./fitting.js";

/** A window with the network's verdict on it. */
export type ComparedWindow = Omit<FittingDoubt, "window"> & ComparedDoubt;

export interface NetworkComparison {
  /** The beginning of the file's SHA-256, hexadecimal. */
  id: string;
  threshold: number;
  /** Whether it is known what the network was trained on; else none of the windows counts as unseen. */
  isHistoryKnown: boolean;
  windows: ComparedWindow[];
  comparison: Comparison;
  refused: Fitting["refused"];
}

/**
 * Runs a network on the deferred windows of a cloud, on the node's engine.
 * @param file int8 .tflite, with its normalizer.bin and training.json beside it or its folder
 * @param from where the doubts come from, for the message
 * @throws UserError when the network is not this node's, or none of the windows is
 */
export async function compareNetwork(
  file: string,
  doubts: Doubts,
  node: NodeConfig,
  from: string,
): Promise<NetworkComparison> {
  const tflite = await readUserFile(file, "the network");
  const { classes } = node;
  const normalizer = await normalizerOf(file, { features: featureLayout(node).names, classes });
  if (!normalizer)
    throw new UserError(
      `${file} has no normalizer.bin beside it or its folder: its training has written one; keep them together`,
    );
  const { doubts: fitting, refused } = fittingDoubts(doubts, node);
  if (fitting.length === 0)
    throw new UserError(
      `${from}: none of ${doubts.doubts.length} deferred windows is of this node${refused.map(({ reason, count }) => `; ${count}: ${reason}`).join("")}`,
    );
  const size = fitting[0]!.window.length;
  const features = new Float32Array(fitting.length * size);
  fitting.forEach(({ window }, i) => features.set(window, i * size));
  const examples = { count: fitting.length, features, labels: new Int32Array(fitting.length) };
  const probabilities = await evaluateInt8(tflite, examples, { normalizer, classes }, "micro");
  const trained = await trainedDoubtsOf(file);
  const windows = fitting.map(({ window: _, ...doubt }, i): ComparedWindow => {
    const of = probabilities.subarray(i * classes.length, (i + 1) * classes.length);
    const newConfidence = Math.min(1, Math.max(...of));
    const newLabel = of.indexOf(Math.max(...of));
    return { ...doubt, newLabel, newConfidence, isTrained: trained?.has(doubtKey(doubt)) ?? true };
  });
  const { threshold } = node.policy;
  return {
    id: createHash("sha256").update(tflite).digest("hex").slice(0, 16),
    threshold,
    isHistoryKnown: trained !== undefined,
    windows,
    comparison: comparisonOf(windows, threshold),
    refused,
  };
}

/** A name for a network's file: that of its folder where the file has the usual one. */
export function nameOf(file: string): string {
  const { dir, name } = path.parse(path.resolve(file));
  const given = name === "model" ? path.basename(dir) : name;
  return (
    given
      .replace(/[^A-Za-z0-9._@+-]/g, "-")
      .replace(/^[^A-Za-z0-9]+/, "")
      .slice(0, 64) || "network"
  );
}
