/** What the page shows of a .tflite: its operators with their tensors, their memory and their time. */
import { expectedTargets, operatorInstructions } from "../inference/expected.js";
import { allSubgraphs, isConstant, operatorNames, tensorBytes } from "../inference/graph.js";
import { leastBytes } from "../inference/leastBytes.js";
import { macsOf } from "../inference/macs.js";
import { tflmArena } from "../inference/tflmArena.js";
import { UserError } from "../lib/errors.js";
import { readTflite } from "tfjs-to-tflite/graph/tflite.js";
import { chips, milliseconds, type Chip } from "./chips.js";

export interface OperatorRow {
  operator: string;
  /** The name of its output tensor. */
  output: string;
  shape: readonly number[];
  macs: number;
  /** Of its constants. */
  weightBytes: number;
  /** The operators that its inputs come from, by number; -1 stands for the model's input. */
  after: number[];
  /** Of the arena, while it runs: no engine can do with less. */
  live: number;
  /** Bytes up to the end of the highest buffer in TensorFlow Lite Micro's plan, its scratch included; undefined with `refusal`. */
  tflm?: number;
  /** Estimated, by chip, in the order of `chips`; undefined of an operator, or a type, that was not measured. */
  milliseconds: (number | undefined)[];
}

export interface Analysis {
  operators: OperatorRow[];
  /** Bytes of arena that TensorFlow Lite Micro needs, its records included. */
  tflm?: number;
  /** Why there are no figures of TensorFlow Lite Micro. */
  refusal?: string;
  /** By chip: estimated, and how many operators are not in it. */
  times: { chip: Chip; milliseconds: number; without: number }[];
}

function arenaOf(model: ReturnType<typeof readTflite>): Partial<ReturnType<typeof tflmArena>> & { refusal?: string } {
  try {
    return tflmArena(model);
  } catch (error) {
    if (error instanceof UserError) return { refusal: error.message };
    throw error;
  }
}

export function analyse(tflite: Uint8Array): Analysis {
  const model = readTflite(tflite);
  const [graph] = allSubgraphs(model);
  const names = operatorNames(model, graph);
  const live = leastBytes(model);
  const { needed, operators: planned, refusal } = arenaOf(model);
  const instructions = new Map(expectedTargets.map((set) => [set, operatorInstructions(model, set)]));
  const makers = new Map<number, number>(graph.inputs.map((tensor) => [tensor, -1]));
  const operators = graph.operators.map((operator, i): OperatorRow => {
    const [output] = operator.outputs.map((tensor) => graph.tensors[tensor]!);
    const inputs = operator.inputs.filter((tensor) => tensor >= 0);
    const after = [...new Set(inputs.flatMap((tensor) => makers.get(tensor) ?? []))];
    for (const tensor of operator.outputs) makers.set(tensor, i);
    const macs = macsOf(names[i]!, operator, graph.tensors);
    const constants = new Set(inputs.filter((tensor) => isConstant(model, graph.tensors[tensor]!)));
    return {
      ...{ operator: names[i]!, output: output!.name, shape: output!.shape, macs, after, live: live[i]! },
      weightBytes: [...constants].reduce((sum, tensor) => sum + tensorBytes(graph.tensors[tensor]!), 0),
      ...(planned && { tflm: planned[i]!.activations }),
      milliseconds: chips.map((chip) => {
        const count = instructions.get(chip.set)![i];
        return count === undefined ? undefined : milliseconds(count, chip);
      }),
    };
  });
  const times = chips.map((chip, which) => {
    const each = operators.map((row) => row.milliseconds[which]);
    return {
      chip,
      milliseconds: each.reduce<number>((sum, time) => sum + (time ?? 0), 0),
      without: each.filter((time) => time === undefined).length,
    };
  });
  return { operators, times, ...(needed !== undefined && { tflm: needed }), ...(refusal && { refusal }) };
}
