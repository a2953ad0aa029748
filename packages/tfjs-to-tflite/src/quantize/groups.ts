import { consumers, dataInputs, isReal, type Graph, type GraphNode } from "../graph/graph.js";
import { graphRules } from "../graph/operators/index.js";
import type { SharedRule } from "../graph/operators/descriptor.js";
import { paramsOfAll, type ActivationType, type Params } from "../graph/parameters.js";
import type { Range } from "./range.js";
import { Sets } from "./sets.js";

/** Tensors that must share one quantization. */
export interface Group {
  tensors: number[];
  /** Those whose values the range must hold; what the others have outside of it is clipped, and never comes out. */
  counted: number[];
  /** The format fixes it, or what is given for an input. */
  fixed?: Params;
  /** Its zero point is 0: desktop TensorFlow Lite takes that of an LSTM's hidden state off where others add it. */
  symmetric?: true;
}

function sharedRule({ op }: GraphNode): SharedRule | undefined {
  const { quantization } = graphRules(op);
  return quantization.kind === "same" ? quantization : undefined;
}

/** Tensors joined by the nodes of the given rules. */
function joined(graph: Graph, which: (rule: SharedRule) => boolean): Sets {
  const sets = new Sets();
  for (const node of graph.nodes) {
    const rule = sharedRule(node);
    if (rule && which(rule)) for (const input of dataInputs(graph, node)) sets.join(input, node.output);
  }
  return sets;
}

/** Parameters of inputs, by their tensors. */
export type FixedInputs = ReadonlyMap<number, Params>;

/** What the format fixes for int8 is a probability or lies in [-1, 1); of int16 all of those are this. */
const fixedInt16: Params = { type: "int16", scale: 1 / 32768, zeroPoint: 0 };

/** @param given what inputs have whatever the samples say, by their tensors */
function fixedRoots(graph: Graph, sets: Sets, type: ActivationType, given: FixedInputs): Map<number, Params> {
  const byFormat = graph.nodes.flatMap(({ op, inputs, output }) => {
    const { quantization } = graphRules(op);
    if (quantization.kind === "table")
      return [[sets.find(output), paramsOfAll(graph.tensors[inputs[0]!]!.data as Float32Array, type)] as const];
    if (quantization.kind !== "fixed") return [];
    const { scale, zeroPoint } = quantization;
    return [[sets.find(output), type === "int16" ? fixedInt16 : { type, scale, zeroPoint }] as const];
  });
  return new Map([...byFormat, ...[...given].map(([input, params]) => [sets.find(input), params] as const)]);
}

const activationsOf = (graph: Graph): number[] =>
  [...graph.inputs, ...graph.nodes.map((node) => node.output)].filter((tensor) => isReal(graph, tensor));

/** Activations inside the graph that are read only by operators that commute with clipping: their own values do not count for the range of their group. */
export function clippedTensors(graph: Graph): Set<number> {
  const readers = consumers(graph);
  const ends = new Set([...graph.inputs, ...graph.outputs]);
  return new Set(
    activationsOf(graph).filter(
      (tensor) => !ends.has(tensor) && readers.get(tensor)?.every((node) => sharedRule(node)?.commutesWithClipping),
    ),
  );
}

const widthOf = (ranges: readonly Range[]): number =>
  ranges.reduce((high, [, max]) => Math.max(high, max), 0) - ranges.reduce((low, [min]) => Math.min(low, min), 0);

/** One bit of resolution; a QUANTIZE costs half a bit. */
const unlikeFactor = 2;

/**
 * The inputs of a concatenation and its like must have its output's quantization. A softmax, logistic or tanh cannot change its own, so a QUANTIZE goes
 * between; so it does before a maximum or minimum for an input that others read too, when one range for all would cost one of them a bit of int8.
 * @param ranges of each activation
 * @returns a graph for integers; the same one when there is nothing to do.
 */
export function insertRequantization(
  graph: Graph,
  ranges: ReadonlyMap<number, Range>,
  type: ActivationType,
  given: FixedInputs,
): Graph {
  const sets = joined(graph, ({ requantize }) => requantize === "none");
  const fixed = fixedRoots(graph, sets, type, given);
  const clipped = clippedTensors(graph);
  const counted = (root: number): Range[] =>
    activationsOf(graph)
      .filter((tensor) => sets.find(tensor) === root && !clipped.has(tensor))
      .map((tensor) => ranges.get(tensor)!);
  const isUnlike = (input: number, output: number): boolean => {
    const [from, to] = [sets.find(input), sets.find(output)];
    const wanted = from === to ? [] : counted(from);
    if (wanted.length === 0) return false;
    const given = counted(to);
    return widthOf([...wanted, ...given]) > unlikeFactor * Math.min(widthOf(wanted), widthOf(given));
  };
  /** From the last node to the first, so that an output has been joined with all that it goes into. */
  const requantized = new Map<GraphNode, Set<number>>();
  for (const node of [...graph.nodes].reverse()) {
    const rule = sharedRule(node);
    if (!rule || rule.requantize === "none") continue;
    for (const input of new Set(dataInputs(graph, node)))
      if (
        fixed.has(sets.find(input)) ||
        (type === "int8" && rule.requantize === "unlike inputs" && isUnlike(input, node.output))
      )
        requantized.set(node, (requantized.get(node) ?? new Set()).add(input));
      else sets.join(node.output, input);
  }
  const result: Graph = { ...graph, tensors: [...graph.tensors], nodes: [] };
  for (const node of graph.nodes) {
    const inputs = node.inputs.map((input) => {
      if (!requantized.get(node)?.has(input)) return input;
      const output = result.tensors.push({ ...graph.tensors[input]! }) - 1;
      result.nodes.push({ op: "QUANTIZE", inputs: [input], output, options: {}, layer: node.layer });
      return output;
    });
    result.nodes.push(requantized.has(node) ? { ...node, inputs } : node);
  }
  return result;
}

/** All activations of the graph in groups, in the order in which the graph computes them. */
export function quantizationGroups(graph: Graph, type: ActivationType, given: FixedInputs): Group[] {
  const sets = joined(graph, () => true);
  const fixed = fixedRoots(graph, sets, type, given);
  const clipped = clippedTensors(graph);
  const hidden = graph.nodes.filter(({ op }) => graphRules(op).quantization.kind === "gates");
  const symmetric = new Set(hidden.map(({ output }) => sets.find(output)));
  const groups = new Map<number, Group>();
  for (const tensor of new Set(activationsOf(graph))) {
    const root = sets.find(tensor);
    const params = fixed.get(root);
    const group = groups.get(root) ?? {
      tensors: [],
      counted: [],
      ...(params && { fixed: params }),
      ...(symmetric.has(root) && { symmetric: true }),
    };
    group.tensors.push(tensor);
    if (!clipped.has(tensor)) group.counted.push(tensor);
    groups.set(root, group);
  }
  return [...groups.values()];
}
