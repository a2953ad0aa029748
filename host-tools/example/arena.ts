import { macsOf } from "../inference/macs.js";
import { microArena } from "../inference/microArena.js";
import { tflmArena } from "../inference/tflmArena.js";
import { UserError } from "../lib/errors.js";
import type { ReportData } from "../report/data.js";
import { readTflite } from "tfjs-to-tflite/graph/tflite.js";

/** Arena, work and weights of each operator of a .tflite. @throws UserError naming the operator when the node's engine needs more than `budget` bytes */
export async function arenaByOperator(bytes: Uint8Array, budget: number): Promise<ReportData["arena"]> {
  const model = readTflite(bytes);
  const { tensors, operators } = model.subgraphs[0]!;
  const micro = await microArena(bytes, model);
  const tflm = tflmArena(model);
  if (micro.needed > budget) {
    const largest = micro.operators.reduce((most, operator) => (operator.bytes > most.bytes ? operator : most));
    throw new UserError(
      `arena: ${largest.operator} #${largest.index} needs ${micro.needed.toLocaleString("en-US")} bytes, ${budget.toLocaleString("en-US")} given (${(micro.needed - budget).toLocaleString("en-US")} short)`,
    );
  }
  const persistent = tflm.needed - tflm.planned;
  const weights = (inputs: number[]): number =>
    inputs.reduce((sum, input) => sum + (model.buffers[tensors[input]?.buffer ?? 0]?.length ?? 0), 0);
  return {
    micro: micro.needed,
    tflm: tflm.needed,
    operators: micro.operators.map(({ index, operator, bytes: used }) => ({
      index,
      operator,
      micro: used,
      tflm: tflm.operators[index]!.activations + persistent,
      macs: macsOf(operator, operators[index]!, tensors),
      weights: weights(operators[index]!.inputs),
    })),
  };
}
