import type * as tfl from "@tensorflow/tfjs-layers";
import { readTflite } from "tfjs-to-tflite/graph/tflite.js";
import type { TfliteModel } from "tfjs-to-tflite/tflite/index.js";
import { convertModel } from "../convert/index.js";
import { expectedInstructions, type ExpectedTarget } from "../inference/expected.js";
import { microArena } from "../inference/index.js";
import { silentProgress } from "../lib/progress.js";
import { gather, normalize, type TrainingData } from "../train/examples.js";

/** What a network takes of a node, as int8 with the node's engine. */
export interface Needs {
  parameters: number;
  /** Bytes, by the engine's own planner. */
  arena: number;
  /** Bytes of the .tflite. */
  flash: number;
  /** Of one run, expected from measured operators. */
  instructions: number;
}

/** Limits; none: there is no limit. */
export type Budget = { [what in "arena" | "flash" | "instructions"]?: number };

/** Few windows: the ranges change the bytes of no part that is measured. */
const calibrationWindows = 8;

export async function needsOf(model: tfl.LayersModel, data: TrainingData, target: ExpectedTarget): Promise<Needs> {
  const count = Math.min(calibrationWindows, data.train.count);
  const order = Int32Array.from({ length: count }, (_, at) => Math.floor((at * data.train.count) / count));
  const windows = gather(data.train, order, 0, count, data.frames * data.featureNames.length);
  const { tflite } = await convertModel(model, {
    mode: "int8",
    name: "candidate",
    calibration: normalize(windows, data.normalizer),
    force: true,
    progress: silentProgress,
  });
  return needsOfFile(tflite, readTflite(tflite), model.countParams(), target);
}

/** Of a converted model. */
export async function needsOfFile(
  tflite: Uint8Array,
  parsed: TfliteModel,
  parameters: number,
  target: ExpectedTarget,
): Promise<Needs> {
  const instructions = expectedInstructions(parsed, target);
  if (instructions === undefined) throw new Error("the family has an operator whose instructions are not known");
  return {
    parameters,
    arena: (await microArena(tflite, parsed)).needed,
    flash: tflite.length,
    instructions: Math.round(instructions),
  };
}

/** What is over the budget, in words; empty: nothing. */
export const overBudget = (needs: Needs, budget: Budget): string[] =>
  (["arena", "flash", "instructions"] as const).flatMap((what) => {
    const limit = budget[what] ?? Infinity;
    if (needs[what] <= limit) return [];
    return [`${what}: ${needs[what].toLocaleString("en-US")}, ${limit.toLocaleString("en-US")} allowed`];
  });
