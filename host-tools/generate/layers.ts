/** The table of layers in docs/convert.md: their pruning rules, and what test/convert/layers.test.ts measured. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { refusedLayers } from "tfjs-to-tflite/convert/layers/refused.js";
import type { PruneRule } from "tfjs-to-tflite/graph/operators/descriptor.js";
import { layerNames } from "tfjs-to-tflite/graph/operators/layers.js";
import { pruneRules } from "tfjs-to-tflite/graph/operators/pruneRules.js";
import { loamRoot } from "../lib/paths.js";

/** The worst of a layer's cases. */
export interface MeasuredLayer {
  layer: string;
  /** The largest difference of the float model from tfjs, of the largest number of its output, at least 1. */
  float: number;
  /** dB, int8 against tfjs. */
  snr: number;
  /** dB, 16x8 against tfjs; undefined: no case of it has kernels of int16 throughout. */
  snr16?: number;
}

export const measuredLayersFile = path.join(loamRoot, "test/convert/layers.json");

const pruning: Readonly<Record<PruneRule, string>> = {
  makes: "loses filters",
  same: "follows",
  mixes: "whole, and what goes into it",
  depthwise: "follows",
  elementwise: "follows, its inputs together",
  concatenate: "follows",
  reshape: "follows where channels stay channels",
  permute: "follows where the channels stay last",
  batchNormalization: "follows along the last axis, else whole",
  wraps: "a Dense loses units, else whole",
};

const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;

export async function measuredLayersTable(): Promise<string> {
  const measured = JSON.parse(await readFile(measuredLayersFile, "utf8")) as MeasuredLayer[];
  const figures = new Map(measured.map((each) => [each.layer, each]));
  return [
    row(["layer", "float, from tfjs", "int8 SNR, dB", "16x8 SNR, dB", "prune"]),
    row(["---", "---:", "---:", "---:", "---"]),
    ...layerNames.toSorted().map((layer) => {
      const { float, snr, snr16 } = figures.get(layer) ?? { float: NaN, snr: NaN };
      const difference = float === 0 ? "0" : float.toExponential(0);
      return row([layer, difference, snr.toFixed(0), snr16?.toFixed(0) ?? "-", pruning[pruneRules.get(layer)!]]);
    }),
  ].join("\n");
}

/** Below it: the other layers of tfjs, and why. */
export const refusedLayersTable = (): string =>
  [
    row(["refused", "because", "instead"]),
    row(["---", "---", "---"]),
    ...Object.entries(refusedLayers).map(([layer, { why, instead }]) => row([layer, why, instead])),
  ].join("\n");
