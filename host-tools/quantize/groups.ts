import { dataInputs, type Graph, type GraphNode } from "../graph/graph.js";
import { graphRules } from "../graph/operators/index.js";
import type { Params } from "../graph/parameters.js";

/** Tensors that must share one quantization. */
export interface Group {
  tensors: number[];
  /** The format fixes it. */
  fixed?: Params;
}

class Sets {
  readonly #parent = new Map<number, number>();

  find(item: number): number {
    const parent = this.#parent.get(item) ?? item;
    if (parent === item) return item;
    const root = this.find(parent);
    this.#parent.set(item, root);
    return root;
  }

  join(a: number, b: number): void {
    this.#parent.set(this.find(b), this.find(a));
  }
}

/** A QUANTIZE may go before it. */
function takesRequantized({ op }: GraphNode): boolean {
  const { quantization } = graphRules(op);
  return quantization.kind === "same" && quantization.requantizeFixed;
}

function joined(graph: Graph, withRequantized: boolean): Sets {
  const sets = new Sets();
  for (const node of graph.nodes) {
    if (graphRules(node.op).quantization.kind !== "same" || (takesRequantized(node) && !withRequantized)) continue;
    for (const input of dataInputs(graph, node)) sets.join(input, node.output);
  }
  return sets;
}

function fixedRoots(graph: Graph, sets: Sets): Map<number, Params> {
  return new Map(
    graph.nodes.flatMap(({ op, output }) => {
      const { quantization } = graphRules(op);
      if (quantization.kind !== "fixed") return [];
      return [[sets.find(output), { scale: quantization.scale, zeroPoint: quantization.zeroPoint }] as const];
    }),
  );
}

/**
 * The inputs of a concatenation and its like must have its output's quantization; a softmax, logistic or tanh cannot change its own, so a QUANTIZE goes between.
 * @returns a graph for int8; the same one when there is nothing to do.
 */
export function insertRequantization(graph: Graph): Graph {
  const sets = joined(graph, false);
  const fixed = fixedRoots(graph, sets);
  const result: Graph = { ...graph, tensors: [...graph.tensors], nodes: [] };
  for (const node of graph.nodes) {
    if (!takesRequantized(node) || !node.inputs.some((input) => fixed.has(sets.find(input)))) {
      result.nodes.push(node);
      continue;
    }
    const inputs = node.inputs.map((input) => {
      if (!fixed.has(sets.find(input))) return input;
      const output = result.tensors.push({ ...graph.tensors[input]! }) - 1;
      result.nodes.push({ op: "QUANTIZE", inputs: [input], output, options: {}, layer: node.layer });
      return output;
    });
    result.nodes.push({ ...node, inputs });
  }
  return result;
}

/** All activations of the graph in groups, in the order in which the graph computes them. */
export function quantizationGroups(graph: Graph): Group[] {
  const sets = joined(graph, true);
  const fixed = fixedRoots(graph, sets);
  const groups = new Map<number, Group>();
  for (const tensor of [...graph.inputs, ...graph.nodes.map((node) => node.output)]) {
    const root = sets.find(tensor);
    const params = fixed.get(root);
    const group = groups.get(root) ?? { tensors: [], ...(params && { fixed: params }) };
    if (!group.tensors.includes(tensor)) group.tensors.push(tensor);
    groups.set(root, group);
  }
  return [...groups.values()];
}
