/** A model on micro and on TensorFlow Lite Micro, which is built from TFLM_DIR, on the emulated RV32IMC board. */
import { engines, FailedBuild, type Engine } from "../board/index.js";
import { espNnFolder } from "../inference/espNnSources.js";
import { tflmFolder, whereToGetTflm } from "../inference/tflmSources.js";
import { MissingTool, UserError } from "../lib/errors.js";
import { measure, type Bench } from "./measure.js";

/** An engine that does not run the model, and why. */
export interface Refusal {
  engine: Engine;
  refused: string;
}

export const isRefusal = (of: Bench | Refusal): of is Refusal => "refused" in of;

/** Of one model, by each engine, micro first. */
export type Comparison = (Bench | Refusal)[];

/** What can be compared here: with Espressif's kernels only where ESP_NN_DIR names them. @throws UserError when TFLM_DIR or ESP_NN_DIR names something else, or TFLM_DIR is not set */
export function comparable(): Engine[] {
  if (!tflmFolder()) throw new UserError(`--compare tflm: TFLM_DIR is not set; ${whereToGetTflm}`);
  return engines.filter((engine) => engine !== "tflm-esp-nn" || espNnFolder() !== undefined);
}

/**
 * Measures a model with each of the engines, with the same input.
 * @param micro its measurement, if there is one already
 * @throws UserError when none runs it, with what each says; MissingTool without the board's packages, FailedBuild
 */
export async function compare(file: string, among: readonly Engine[], micro?: Bench): Promise<Comparison> {
  const results: Comparison = [];
  for (const engine of among)
    try {
      results.push(engine === "micro" && micro ? micro : await measure(file, "rv32", { sizes: true, engine }));
    } catch (error) {
      // What cannot be built refuses no model.
      if (!(error instanceof UserError) || error instanceof MissingTool || error instanceof FailedBuild) throw error;
      results.push({ engine, refused: error.message });
    }
  if (results.every(isRefusal))
    throw new UserError(results.map((each) => `${each.engine}: ${each.refused}`).join("\n"));
  return results;
}

/** Where the bytes are first others than those of `truth`: "equal", an operator's name and number, or "output". */
export function firstDifference(bench: Bench, truth: Bench): string {
  const hashes = new Map(truth.operators.map(({ index, hash }) => [index, hash]));
  const at = bench.operators.find(({ index, hash }) => hashes.get(index) !== hash);
  if (at) return `${at.operator} #${at.index}`;
  return bench.hash === truth.hash ? "equal" : "output";
}
