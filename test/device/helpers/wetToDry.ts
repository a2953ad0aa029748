import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { buildRoot } from "../../../host-tools/lib/paths.js";
import { exampleNode, quietDay } from "./day.js";
import { soilModel } from "./model.js";

/** Windows of the recording. */
export const windows = 12;
export const config = exampleNode();

/** Writes a recording from wet to dry, uncertain in between, and a model that sees it, into a folder of the test's own. */
export function writeWetToDry(name: string): { folder: string; recording: string; model: string } {
  const folder = path.join(buildRoot, "test", `${name}-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  const recording = path.join(folder, "day.csv");
  const model = path.join(folder, "model.tflite");
  const made = soilModel(config);
  writeFileSync(model, made.model);
  writeFileSync(path.join(folder, "normalizer.bin"), made.normalizer);
  writeFileSync(
    recording,
    quietDay(config, windows, (window) => 31 - window),
  );
  return { folder, recording, model };
}
