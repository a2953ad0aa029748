import path from "node:path";
import { engineText, runModel, type Target } from "../board/index.js";
import { macsOf } from "../inference/index.js";
import { onlySubgraph, operatorNames, tensorBytes } from "../inference/graph.js";
import { readModel } from "../inference/readModel.js";
import { UserError } from "../lib/errors.js";
import { seededInput } from "./input.js";

export interface BenchOperator {
  index: number;
  operator: string;
  shape: number[];
  macs: number;
  /** Instructions on rv32, nanoseconds on the host. */
  count: number;
}

export interface Bench {
  model: string;
  target: Target;
  macs: number;
  /** Of one invoke: instructions on rv32, nanoseconds on the host (the best of five). */
  count: number;
  countPerMac: number;
  /** Bytes of arena, everything included. */
  arena: number;
  modelBytes: number;
  /** Bytes of RV32IMC code and constants with all operators, and with those of this model; rv32 only. */
  text?: { all: number; model: number };
  /** What INFERENCE_OPERATORS has to list for this model. */
  operatorsUsed: string[];
  operators: BenchOperator[];
}

/** Runs a model on seeded input bytes. @throws UserError when the engine refuses it, MissingTool without the board's packages */
export async function measure(file: string, target: Target, arena = 1 << 20): Promise<Bench> {
  const { bytes, model } = await readModel(file);
  const graph = onlySubgraph(model);
  const { tensors, inputs, operators } = graph;
  const size = inputs.reduce((sum, input) => sum + tensorBytes(tensors[input]!), 0);
  // On the board every run takes the same number of instructions; here the fastest of a few is the least disturbed.
  const runs = target === "rv32" ? 1 : 5;
  const result = await runModel(bytes, Array(runs).fill(seededInput(1, size)), { target, trace: true, arena });
  if (result.error) throw new UserError(`${file}: ${result.error.text}`);
  const best = result.runs.reduce((a, b) => (b.count < a.count ? b : a));
  const names = operatorNames(model, graph);
  const rows = best.operators.map(({ index, count }): BenchOperator => {
    const operator = operators[index]!;
    return { index, operator: names[index]!, shape: tensors[operator.outputs[0]!]!.shape, macs: macsOf(names[index]!, operator, tensors), count };
  });
  const macs = rows.reduce((sum, row) => sum + row.macs, 0);
  const operatorsUsed = [...new Set(names)].sort();
  const text = target === "rv32" ? { all: await engineText(), model: await engineText({ operators: operatorsUsed }) } : undefined;
  return { model: path.basename(file, ".tflite"), target, macs, count: best.count, countPerMac: best.count / Math.max(1, macs), arena: result.arena, modelBytes: bytes.length, ...(text ? { text } : {}), operatorsUsed, operators: rows };
}
