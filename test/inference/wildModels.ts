/** Public models that are no part of the project. */
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { loamRoot } from "../../host-tools/lib/paths.js";

export const whereToGetWakeWords =
  "git clone https://github.com/esphome/micro-wake-word-models && export LOAM_WAKE_WORDS=$PWD/micro-wake-word-models/models";
export const whereToGetSeanet =
  "git clone https://github.com/tensorflow/tflite-micro && export LOAM_SEANET=$PWD/tflite-micro/tensorflow/lite/micro/integration_tests/seanet";
export const whereToPutWildModels = "export LOAM_WILD_MODELS=FOLDER, with it in it";

/** The .tflite files in the folder that a variable names, and in its folders; none where it is not set. */
function filesOf(variable: string): string[] {
  const folder = process.env[variable];
  if (!folder || !existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".tflite"))
    .sort()
    .map((name) => path.join(folder, name));
}

export const findWakeWords = (): string[] => filesOf("LOAM_WAKE_WORDS");
/** The operators of a SeaNet with int16 activations (16x8), each in a file of its own. */
export const findSeanet = (): string[] => filesOf("LOAM_SEANET");

/** A file in $LOAM_WILD_MODELS, or beside the project; undefined where it is not. */
export const findWildModel = (name: string): string | undefined =>
  [process.env["LOAM_WILD_MODELS"] ?? "", path.join(loamRoot, "../shared/data/wild")]
    .map((folder) => path.join(folder, name))
    .find((file) => existsSync(file));
