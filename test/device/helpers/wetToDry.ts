import path from "node:path";
import { buildRoot } from "../../../host-tools/lib/paths.js";
import { exampleNode, quietDay } from "./day.js";
import { writeSoilDay } from "./soil.js";

/** Windows of the recording. */
export const windows = 12;
export const config = exampleNode();

/** Writes a recording from wet to dry, uncertain in between, and a model that sees it, into a folder of the test's own. */
export function writeWetToDry(name: string): { folder: string; recording: string; model: string } {
  const folder = path.join(buildRoot, "test", `${name}-${process.pid}`);
  const day = quietDay(config, windows, (window) => 31 - window);
  return { folder, ...writeSoilDay(folder, config, day) };
}
