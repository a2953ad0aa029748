import { stat } from "node:fs/promises";
import path from "node:path";
import { firmwareSlotBytes } from "../node/partitions.js";
import type { CheckedNode } from "../node/schema/node.js";
import { systemPart, systemUse } from "./chipMemory.js";
import { measuredNode } from "./measuredNode.js";
import type { MemoryRow } from "./memory.js";

/** One of the two slots for the firmware, part by part. @param model undefined: there is none yet */
export async function flashRows(
  config: CheckedNode,
  model: string | undefined,
): Promise<{ rows: MemoryRow[]; total: MemoryRow }> {
  const system = systemUse(config.chip);
  const limit = firmwareSlotBytes(config.board);
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
