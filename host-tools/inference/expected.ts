/** How many instructions an int8 model is expected to take with micro, without running it: from operators that were measured on the emulated boards. */
import type { TfliteModel } from "tfjs-to-tflite/tflite/index.js";
import { sizeOf } from "tfjs-to-tflite/graph/shape.js";
import expected from "./expected.json" with { type: "json" };
import { allSubgraphs, isConstant, operatorNames } from "./graph.js";
import { macsOf } from "./macs.js";

export const expectedTargets = ["rv32", "lx6"] as const;
export type ExpectedTarget = (typeof expectedTargets)[number];

/** What an operator's instructions grow with; all but `elements` are 0 without weights. */
export type Sizes = readonly [
  macs: number,
  /** Of the output; without weights of the largest input or output that is no constant. */
  elements: number,
  /** Inputs of one output channel, each as often as it is read. */
  reads: number,
  /** Of the output. */
  channels: number,
  once: 1,
];

/** Instructions for each of the sizes, in their order. */
export type Costs = readonly number[];

/** How far the measured models are off, each estimated from the others: shares of what was measured. */
export interface Accuracy {
  models: number;
  /** Half of the models are not further off, nine in ten are not. */
  half: number;
  nineInTen: number;
}

export type Accuracies = Readonly<Record<ExpectedTarget, Accuracy>>;

export interface OperatorSizes {
  operator: string;
  sizes: Sizes;
  /** Whether it computes what the costs were measured of: int8, or integers of an int8 model's shapes and indices. */
  isMeasuredType: boolean;
}

/** What the costs are about, for each operator of a model. */
export function operatorSizes(model: TfliteModel): OperatorSizes[] {
  const [graph] = allSubgraphs(model);
  const { tensors } = graph;
  return operatorNames(model, graph).map((operator, index) => {
    const { inputs, outputs } = graph.operators[index]!;
    const macs = macsOf(operator, graph.operators[index]!, tensors);
    const moving = [...inputs, ...outputs].flatMap((tensor) => {
      const each = tensors[tensor];
      return each && !isConstant(model, each) ? [each] : [];
    });
    const largest = Math.max(0, ...moving.map(({ shape }) => sizeOf(shape)));
    const output = tensors[outputs[0] ?? -1]?.shape ?? [];
    const channels = output.at(-1) ?? 1;
    // QUANTIZE and its like have another type at one end.
    const types = new Set(moving.map(({ type }) => type));
    return {
      operator,
      sizes: macs > 0 ? [macs, sizeOf(output), macs / Math.max(1, channels), channels, 1] : [0, largest, 0, 0, 1],
      isMeasuredType: types.has("INT8") || !["FLOAT32", "FLOAT16", "INT16"].some((type) => types.has(type as "INT16")),
    };
  });
}

export const costOf = (costs: Costs, sizes: Sizes): number => costs.reduce((sum, cost, i) => sum + cost * sizes[i]!, 0);

/** Instructions of each operator in one invoke, with the prepared table in the file; undefined of those whose type or kind was not measured. */
export function operatorInstructions(model: TfliteModel, target: ExpectedTarget): (number | undefined)[] {
  const costs: Readonly<Record<string, Costs>> = expected.costs[target];
  return operatorSizes(model).map(({ operator, sizes, isMeasuredType }) => {
    const known = isMeasuredType ? costs[operator] : undefined;
    return known && costOf(known, sizes);
  });
}

/** Instructions of one invoke; undefined when an operator's are not known. `loam bench` measures them. */
export function expectedInstructions(model: TfliteModel, target: ExpectedTarget): number | undefined {
  return operatorInstructions(model, target).reduce(
    (sum, each) => (sum === undefined || each === undefined ? undefined : sum + each),
    0,
  );
}

const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;

/** A sentence on the accuracy. */
export function describeAccuracy({ rv32, lx6 }: Accuracies = expected.accuracy): string {
  const of = ({ half, nineInTen }: Accuracy): string =>
    `half are off by at most ${percent(half)} and nine in ten by at most ${percent(nineInTen)}`;
  return `Of the ${rv32.models} models that were measured, each estimated from the others, ${of(rv32)} on RV32IMC (ESP32-C3), ${of(lx6)} on LX6 (ESP32).`;
}
