import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import type { NodeConfig } from "../../device/config.js";
import { writeFileAtomic } from "../lib/files.js";
import { buildRoot } from "../lib/paths.js";
import type { ExperimentResult } from "./experiments.js";

const file = path.join(buildRoot, "experiments.json");

interface Kept {
  /** What the figures are of: those of another node are not shown. */
  node: NodeConfig;
  result: ExperimentResult;
}

/** Keeps the figures for the report that `npm start` makes. */
export const keepExperiments = (node: NodeConfig, result: ExperimentResult): Promise<void> =>
  writeFileAtomic(file, `${JSON.stringify({ node, result } satisfies Kept, null, 2)}\n`);

/** The figures of this node, on simulated recordings or measured ones, when `loam experiments` has measured them here. */
export async function keptExperiments(node: NodeConfig, simulated: boolean): Promise<ExperimentResult | undefined> {
  if (!existsSync(file)) return undefined;
  const kept = JSON.parse(await readFile(file, "utf8")) as Kept;
  return JSON.stringify(kept.node) === JSON.stringify(node) && kept.result.simulated === simulated
    ? kept.result
    : undefined;
}
