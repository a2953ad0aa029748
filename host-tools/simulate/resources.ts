import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import type { NodeConfig } from "../../device/config.js";
import type { Recording } from "../features/csv.js";
import { cacheRoot } from "../lib/paths.js";

/** Writes what a simulated node reads, into a folder of its own. @param model with normalizer.bin beside it */
export async function writeResources(
  config: NodeConfig,
  { replay }: Recording,
  model: string,
): Promise<{ folder: string; files: Record<string, string>; remove(): Promise<void> }> {
  const folder = path.join(cacheRoot, "simulate", `${process.pid}-${Math.random().toString(36).slice(2)}`);
  await mkdir(folder, { recursive: true });
  const files = {
    "replay.bin": path.join(folder, "replay.bin"),
    "node.config.json": path.join(folder, "node.config.json"),
    "model.tflite": model,
    "normalizer.bin": path.join(path.dirname(model), "normalizer.bin"),
  };
  await writeFile(files["replay.bin"], replay);
  await writeFile(files["node.config.json"], JSON.stringify(config));
  return { folder, files, remove: () => rm(folder, { recursive: true, force: true }) };
}
