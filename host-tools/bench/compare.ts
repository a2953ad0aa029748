/** A model on micro and on TensorFlow Lite Micro, which is built from TFLM_DIR, on the emulated RV32IMC board. */
import { engines, FailedBuild, type Engine } from "../board/index.js";
import { espNnFolder } from "../inference/espNnSources.js";
import { tflmFolder, whereToGetTflm } from "../inference/tflmSources.js";
import { MissingTool, UserError } from "../lib/errors.js";
import { microRefusals } from "../inference/microArena.js";
import { converters, dataType, placesOf } from "../inference/places.js";
import { readModel } from "../inference/readModel.js";
import { withAdvice } from "../inference/advice.js";
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

/** In floats TensorFlow Lite Micro takes minutes on the emulated board, which has no unit for them, and there is nothing to compare with. @throws UserError for such a model, with what makes it int8 */
async function refuseFloats(file: string): Promise<void> {
  const { bytes, model } = await readModel(file);
  const floats = placesOf(model).find(
    (place) => !converters.includes(place.name) && dataType(model, place) === "FLOAT32",
  );
  const [refusal] = floats ? await microRefusals([bytes]) : [];
  if (floats === undefined || refusal === undefined) return;
  const why = new UserError(
    `${file}: --compare takes int8 models, and ${floats.name} ${floats.number} is in float32: micro does not run it`,
  );
  throw new UserError(await withAdvice(why, model, bytes));
}

/**
 * Measures a model with each of the engines, with the same input.
 * @param micro its measurement, if there is one already
 * @throws UserError for a model in float32, and when none runs it, with what each says; MissingTool without the board's packages, FailedBuild
 */
export async function compare(file: string, among: readonly Engine[], micro?: Bench): Promise<Comparison> {
  await refuseFloats(file);
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
