import { readFileSync } from "node:fs";
import { stat } from "node:fs/promises";
import path from "node:path";
import { loamRoot } from "../lib/paths.js";
import type { CheckedNode } from "../node/schema/node.js";
import { systemPart, systemUse } from "./chipMemory.js";
import { measuredNode } from "./measuredNode.js";
import type { MemoryRow } from "./memory.js";

/** Bytes of the partition that the firmware is in (device/partitions.csv). */
export function appPartition(): number {
  const row = readFileSync(path.join(loamRoot, "device/partitions.csv"), "utf8")
    .split("\n")
    .map((line) => line.split(",").map((cell) => cell.trim()))
    .find(([name, type]) => type === "app" && !name!.startsWith("#"));
  return Number(row![4]);
}

/** The app partition part by part. @param model undefined: there is none yet @param limit bytes of the partition */
export async function flashRows(
  config: CheckedNode,
  model: string | undefined,
  limit: number,
): Promise<{ rows: MemoryRow[]; total: MemoryRow }> {
  const system = systemUse(config.chip);
  const sizeOf = async (file: string): Promise<number> => (await stat(file)).size;
  const rows: MemoryRow[] = [
    { part: "XS, natives and scripts (measured for the example)", bytes: measuredNode().image },
    { part: systemPart(system), bytes: system.flash },
    { part: "node description", bytes: JSON.stringify(config).length },
  ];
  if (model !== undefined) {
    rows.push({ part: "network", bytes: await sizeOf(model) });
    rows.push({ part: "normalizer", bytes: await sizeOf(path.join(path.dirname(model), "normalizer.bin")) });
  }
  return { rows, total: { part: "app partition", bytes: rows.reduce((sum, row) => sum + row.bytes, 0), limit } };
}
