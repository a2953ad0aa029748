import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import type { NodeConfig } from "../../device/config.js";
import { writeFileAtomic } from "../lib/files.js";
import { buildRoot } from "../lib/paths.js";
import type { ExperimentResult } from "./experiments.js";

const file = path.join(buildRoot, "experiments.json");

interface StoredExperiments {
  /** What the figures are of: those of another node are not shown. */
  node: NodeConfig;
  result: ExperimentResult;
}

/** Keeps the figures for the report that `npm start` makes. */
export const saveExperiments = (node: NodeConfig, result: ExperimentResult): Promise<void> =>
  writeFileAtomic(file, `${JSON.stringify({ node, result } satisfies StoredExperiments, null, 2)}\n`);

/** The figures of this node, on simulated recordings or measured ones, when `loam experiments` has measured them here. */
export async function loadExperiments(node: NodeConfig, simulated: boolean): Promise<ExperimentResult | undefined> {
  if (!existsSync(file)) return undefined;
  const stored = JSON.parse(await readFile(file, "utf8")) as StoredExperiments;
  return JSON.stringify(stored.node) === JSON.stringify(node) && stored.result.simulated === simulated
    ? stored.result
    : undefined;
}
