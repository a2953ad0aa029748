import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
export { seededInput } from "../../host-tools/bench/input.js";
import { loamRoot } from "../../host-tools/lib/paths.js";

/** The MLPerf Tiny models and TensorFlow Lite Micro's outputs for them, where somebody has put them: $LOAM_MLPERF_TINY, or beside the project. */
const folder = [process.env["LOAM_MLPERF_TINY"] ?? "", path.join(loamRoot, "../shared/data/mlperf-tiny")].find(
  (place) => place !== "" && existsSync(path.join(place, "tflm-outputs.json")),
);

export const whereToPutModels =
  "the MLPerf Tiny models are not here: set LOAM_MLPERF_TINY to a folder with kws, ic, vww, ad, sww.tflite and tflm-outputs.json";

/** Output bytes in hex, and the FNV-1a-32 hash of each operator's first output. */
export interface Truth {
  output: string;
  ops: string[];
}

export interface ReferenceModel {
  name: string;
  file: string;
  seeds: [seed: number, truth: Truth][];
}

export function referenceModels(): ReferenceModel[] | undefined {
  if (!folder) return undefined;
  const truths = JSON.parse(readFileSync(path.join(folder, "tflm-outputs.json"), "utf8")) as Record<
    string,
    Record<string, Truth>
  >;
  return Object.entries(truths).map(([name, seeds]) => ({
    name,
    file: path.join(folder, `${name}.tflite`),
    seeds: Object.entries(seeds).map(([seed, truth]) => [Number(seed), truth]),
  }));
}
