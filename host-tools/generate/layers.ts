/** The tables of layers and of ops of graph models in docs/convert.md: their pruning rules, and what the tests in test/convert measured. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { refusedLayers } from "tfjs-to-tflite/convert/layers/refused.js";
import { opTable } from "tfjs-to-tflite/convert/graphModel/index.js";
import type { PruneRule } from "tfjs-to-tflite/graph/operators/descriptor.js";
import { layerNames } from "tfjs-to-tflite/graph/operators/layers.js";
import { pruneRules } from "tfjs-to-tflite/graph/operators/pruneRules.js";
import { loamRoot } from "../lib/paths.js";

/** The worst of all cases that a layer, or an op of graph models, is in. */
export interface Measured {
  name: string;
  /** The largest difference of the float model from tfjs, of the largest number of its output, at least 1. */
  float: number;
  /** dB, quantized (int8, and float32 where there is no kernel for that) against tfjs. */
  snr: number;
  /** dB, 16x8 against tfjs; undefined: no case of it has kernels of int16 throughout. */
  snr16?: number;
  /** Whether micro runs a quantized model with it. */
  micro: boolean;
  /** Whether TensorFlow Lite Micro gives the bytes of micro, or within a step those of TensorFlow Lite where micro does not run it; undefined: not measured yet. */
  tflm?: boolean;
}

export const measuredLayersFile = path.join(loamRoot, "test/convert/layers.json");
export const measuredOpsFile = path.join(loamRoot, "test/convert/graphOps.json");

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

/** @param what layers or ops @param prune what pruning does to one */
async function measuredTable(
  file: string,
  what: "layer" | "op",
  names: readonly string[],
  prune: (name: string) => string,
): Promise<string> {
  const measured = JSON.parse(await readFile(file, "utf8")) as Measured[];
  const figures = new Map(measured.map((each) => [each.name, each]));
  const unknown: Omit<Measured, "name"> = { float: NaN, snr: NaN, micro: false };
  return [
    row([what, "float, from tfjs", "int8 SNR, dB", "16x8 SNR, dB", "micro", "tflm", "prune"]),
    row(["---", "---:", "---:", "---:", "---", "---", "---"]),
    ...names.toSorted().map((name) => {
      const { float, snr, snr16, micro, tflm } = figures.get(name) ?? unknown;
      return row([
        name,
        float === 0 ? "0" : float.toExponential(0),
        snr.toFixed(0),
        snr16?.toFixed(0) ?? "-",
        micro ? "yes" : "no: stays float32 (`--mixed`)",
        tflm === undefined ? "?" : tflm ? "yes" : "other numbers",
        prune(name),
      ]);
    }),
  ].join("\n");
}

export const measuredLayersTable = (): Promise<string> =>
  measuredTable(measuredLayersFile, "layer", layerNames, (layer) => pruning[pruneRules.get(layer)!]);

export const measuredOpsTable = (): Promise<string> =>
  measuredTable(measuredOpsFile, "op", Object.keys(opTable), () => "layers models only");

/** Below it: the other layers of tfjs, and why. */
export const refusedLayersTable = (): string =>
  [
    row(["refused", "because", "instead"]),
    row(["---", "---", "---"]),
    ...Object.entries(refusedLayers).map(([layer, { why, instead }]) => row([layer, why, instead])),
  ].join("\n");
