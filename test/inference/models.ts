import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
export { seededInput } from "../../host-tools/bench/input.js";
import { loamRoot } from "../../host-tools/lib/paths.js";

/** The MLPerf Tiny models and TensorFlow Lite Micro's outputs for them, if they are on this machine: $LOAM_MLPERF_TINY, or beside the project. */
export const modelFolder = [
  process.env["LOAM_MLPERF_TINY"] ?? "",
  path.join(loamRoot, "../shared/data/mlperf-tiny"),
].find((place) => place !== "" && existsSync(path.join(place, "tflm-outputs.json")));

export const whereToPutModels =
  "export LOAM_MLPERF_TINY=FOLDER, with kws, ic, vww, ad, sww.tflite and tflm-outputs.json in it";

export const modelNames = ["kws", "sww", "ad", "ic", "vww"] as const;
export type ModelName = (typeof modelNames)[number];

/** Output bytes in hex, and the FNV-1a-32 hash of each operator's first output. */
interface Truth {
  output: string;
  ops: string[];
}

export interface ReferenceModel {
  file: string;
  seeds: [seed: number, truth: Truth][];
}

/** For tests that say that they need `mlperfTiny`. */
export function referenceModel(name: ModelName): ReferenceModel {
  if (!modelFolder) throw new Error(`the MLPerf Tiny models are not here: ${whereToPutModels}`);
  const truths = JSON.parse(readFileSync(path.join(modelFolder, "tflm-outputs.json"), "utf8")) as Record<
    ModelName,
    Record<string, Truth>
  >;
  return {
    file: path.join(modelFolder, `${name}.tflite`),
    seeds: Object.entries(truths[name]).map(([seed, truth]) => [Number(seed), truth]),
  };
}
