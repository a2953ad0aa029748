/** Public models that are no part of the project. */
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { loamRoot } from "../../host-tools/lib/paths.js";

export const whereToGetWakeWords =
  "git clone https://github.com/esphome/micro-wake-word-models && export LOAM_WAKE_WORDS=$PWD/micro-wake-word-models/models";
export const whereToPutWildModels = "export LOAM_WILD_MODELS=FOLDER, with it in it";

/** The .tflite files in the folder that LOAM_WAKE_WORDS names, and in its folders; none where it is not set. */
export function findWakeWords(): string[] {
  const folder = process.env["LOAM_WAKE_WORDS"];
  if (!folder || !existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".tflite"))
    .sort()
    .map((name) => path.join(folder, name));
}

/** A file in $LOAM_WILD_MODELS, or beside the project; undefined where it is not. */
export const findWildModel = (name: string): string | undefined =>
  [process.env["LOAM_WILD_MODELS"] ?? "", path.join(loamRoot, "../shared/data/wild")]
    .map((folder) => path.join(folder, name))
    .find((file) => existsSync(file));
