import { UserError } from "../lib/errors.js";
import type { TfliteModel } from "tfjs-to-tflite/tflite/index.js";
import { askPlanner } from "./askPlanner.js";
import { allSubgraphs, lifetimes, operatorName, operatorNames, tensorBytes } from "./graph.js";
import { externalBits } from "./externalInputs.js";

export interface MicroOperatorArena {
  index: number;
  operator: string;
  /** Bytes up to the end of the highest buffer that lives while the operator runs, scratch and what comes before the plan included. */
  bytes: number;
  scratch: number;
}

export interface MicroArena {
  needed: number;
  /** The engine's own records, before the planned area. */
  fixed: number;
  /** Each tensor's offset in the planned area; -1 for those without. */
  offsets: number[];
  operators: MicroOperatorArena[];
}

interface Layout {
  error?: undefined;
  used: number;
  fixed: number;
  tensors: number[];
  operators: { scratch: number; at: number; kept: number }[];
}
type Printed = { error: string; code: number } | Layout;

async function layoutsOf(models: readonly Uint8Array[], external: readonly number[]): Promise<Printed[]> {
  const printed = Buffer.from(await askPlanner(models, String(externalBits(external)))).toString();
  return printed
    .split("\n")
    .slice(0, models.length)
    .map((line) => JSON.parse(line) as Printed);
}

/** A backend has no name for an operator that it does not have. */
const refusalOf = (printed: Printed): string | undefined =>
  printed.error?.replace(/^UNKNOWN #/, `${operatorName((printed as { code: number }).code)} #`);

/** What the engine says of each model, all asked of one process; undefined where it runs it. */
export const microRefusals = async (models: readonly Uint8Array[]): Promise<(string | undefined)[]> =>
  models.length === 0 ? [] : (await layoutsOf(models, [])).map(refusalOf);

/**
 * The plan of the micro engine's planner, run on this machine; the layout is the same on 32 bits.
 * @param external the inputs that are not in the arena, by number
 * @throws UserError when the engine refuses the model
 */
export async function microArena(
  bytes: Uint8Array,
  model: TfliteModel,
  external: readonly number[] = [],
): Promise<MicroArena> {
  const [plan] = (await layoutsOf([bytes], external)) as [Printed];
  if (plan.error !== undefined) throw new UserError(`backend micro: ${refusalOf(plan)}`);
  const [graph] = allSubgraphs(model);
  // Variables, states and what is known at load are there from the first operator to the last.
  const kept = plan.operators.flatMap(({ kept: bytes }, index) =>
    bytes > 0 ? graph.operators[index]!.outputs.map((output) => plan.tensors[output]! + bytes) : [],
  );
  graph.tensors.forEach((tensor, index) => {
    if (tensor.isVariable && plan.tensors[index]! >= 0) kept.push(plan.tensors[index]! + tensorBytes(tensor));
  });
  const lives = lifetimes(model, graph);
  const operators = operatorNames(model, graph).map((operator, index) => {
    const { scratch, at } = plan.operators[index]!;
    const live = lives.filter(({ first, last }) => first <= index + 1 && index + 1 <= last);
    const ends = live
      .filter(({ tensor }) => plan.tensors[tensor]! >= 0)
      .map(({ tensor, bytes: size }) => plan.tensors[tensor]! + size);
    // The engine rounds what it plans up to 4 bytes.
    return {
      index,
      operator,
      bytes: plan.fixed + Math.ceil(Math.max(0, ...ends, ...kept, ...(scratch > 0 ? [at + scratch] : [])) / 4) * 4,
      scratch,
    };
  });
  return { needed: plan.used, fixed: plan.fixed, offsets: plan.tensors, operators };
}
