/** How many instructions a model is expected to take, without running it. */
import { allSubgraphs, operatorNames } from "./graph.js";
import { macsOf } from "./macs.js";
import { sizeOf } from "tfjs-to-tflite/graph/shape.js";
import type { TfliteModel } from "tfjs-to-tflite/tflite/index.js";
import expected from "./expected.json" with { type: "json" };

/** Instructions of an operator: for each multiply-accumulate, for each element of its largest input or output that is no constant, and once. */
export type Costs = readonly [perMac: number, perElement: number, once: number];

export const expectedTargets = ["rv32", "lx6"] as const;
export type ExpectedTarget = (typeof expectedTargets)[number];

export interface OperatorSize {
  operator: string;
  macs: number;
  elements: number;
}

/** What the costs are about, for each operator of a model. */
export function operatorSizes(model: TfliteModel): OperatorSize[] {
  const [graph] = allSubgraphs(model);
  const { tensors } = graph;
  return operatorNames(model, graph).map((operator, index) => {
    const { inputs, outputs } = graph.operators[index]!;
    const macs = macsOf(operator, graph.operators[index]!, tensors);
    const moving = [...inputs, ...outputs].filter(
      (tensor) => tensor >= 0 && (model.buffers[tensors[tensor]!.buffer]?.length ?? 0) === 0,
    );
    // Of a layer with weights its outputs count: each input is read as often as there are weights for it.
    const counted = macs > 0 ? outputs : moving;
    const elements = Math.max(0, ...counted.map((tensor) => sizeOf(tensors[tensor]!.shape)));
    return { operator, macs, elements };
  });
}

/** Stands for operators that none of the measured models has. */
const likeOthers = "ADD";

/**
 * Instructions that one invoke of an int8 model is expected to take with micro, from what operators took in models that were measured on the emulated
 * boards (test/inference/expected.test.ts): of sixteen of the models there within a third, of all within a factor of two. `loam bench` measures.
 */
export function expectedInstructions(model: TfliteModel, target: ExpectedTarget): number {
  const costs = expected[target] as unknown as Record<string, Costs>;
  return operatorSizes(model).reduce((sum, { operator, macs, elements }) => {
    const [perMac, perElement, once] = costs[operator] ?? costs[likeOthers]!;
    return sum + perMac * macs + perElement * elements + once;
  }, 0);
}
