import { compact, consumers, lastOf, sizeOf, type Graph, type GraphNode } from "./graph.js";
import { chainSource, floats, isAffine, isLinear, skipReshapes } from "./chains.js";
import { graphRules, weightedRule } from "./operators/index.js";
import { findPrelu } from "./findPrelu.js";

/** Weights and bias scaled and offset per channel, as new constants because the old ones may be shared. */
export function scaleChannels(graph: Graph, node: GraphNode, scale: Float32Array, offset: Float32Array): void {
  const [input, weights, bias] = node.inputs as [number, number, number];
  const { shape, name } = graph.tensors[weights]!;
  const axis = weightedRule(node.op)!.channelAxis;
  const run = sizeOf(shape.slice(axis + 1));
  const channels = shape[axis]!;
  const scaled = floats(graph, weights).map((value, i) => value * scale[Math.floor(i / run) % channels]!);
  const shifted = floats(graph, bias).map((value, i) => value * scale[i]! + offset[i]!);
  const newWeights = graph.tensors.push({ name, shape, data: scaled }) - 1;
  node.inputs = [
    input,
    newWeights,
    graph.tensors.push({ name: graph.tensors[bias]!.name, shape: [channels], data: shifted }) - 1,
  ];
}

/** The current producers and consumers. */
class Links {
  readonly readers: Map<number, GraphNode[]>;
  readonly producers: Map<number, GraphNode>;

  constructor(readonly graph: Graph) {
    this.readers = consumers(graph);
    this.producers = new Map(graph.nodes.map((node) => [node.output, node]));
  }

  /** The node that computes a tensor, if exactly one input of one node reads it. */
  soleProducer(tensor: number): GraphNode | undefined {
    const producer = this.producers.get(tensor);
    const readers = this.readers.get(tensor) ?? [];
    const reads = readers.flatMap((reader) => reader.inputs).filter((input) => input === tensor).length;
    return producer && reads === 1 && !this.graph.outputs.includes(tensor) ? producer : undefined;
  }

  /** Skips reshapes backwards (optionally only those that preserve channels) to the node that computes the tensor. */
  computing(tensor: number, keepChannels: boolean): GraphNode | undefined {
    const node = this.soleProducer(tensor);
    if (node?.op !== "RESHAPE") return node;
    const channels = (at: number): number => lastOf(this.graph.tensors[at]!.shape);
    return keepChannels && channels(node.inputs[0]!) !== channels(node.output)
      ? undefined
      : this.computing(node.inputs[0]!, keepChannels);
  }
}

/** conv, then factor and offset -> conv with other weights. */
function foldAffine(graph: Graph, node: GraphNode, links: Links): boolean {
  if (!isAffine(graph, node)) return false;
  const target = links.computing(node.inputs[0]!, true);
  if (!target || !weightedRule(target.op) || !isLinear(target)) return false;
  scaleChannels(graph, target, floats(graph, node.inputs[1]!), floats(graph, node.inputs[2]!));
  target.options = { ...target.options, fusedActivation: node.options["fusedActivation"]! };
  return true;
}

/** conv, then ReLU -> conv with a fused ReLU. */
function fuseActivation(node: GraphNode, links: Links): boolean {
  const { fusedAs } = graphRules(node.op);
  const target = links.computing(node.inputs[0]!, false);
  if (fusedAs === "never" || !target || !graphRules(target.op).fusesActivation || !isLinear(target)) return false;
  target.options = { ...target.options, fusedActivation: fusedAs };
  return true;
}

/** Replaces a node's output by its first input in all its readers. */
function bypass(graph: Graph, node: GraphNode): void {
  graph.nodes.splice(graph.nodes.indexOf(node), 1);
  for (const reader of graph.nodes)
    reader.inputs = reader.inputs.map((input) => (input === node.output ? node.inputs[0]! : input));
}

/** Applies one simplification, if one is left. */
function applyOnce(graph: Graph): boolean {
  const links = new Links(graph);
  const shape = (tensor: number): string => String(graph.tensors[tensor]!.shape);
  for (const node of graph.nodes) {
    const producer = links.producers.get(node.inputs[0]!);
    if (node.op === "RESHAPE") {
      if (producer?.op === "RESHAPE") {
        node.inputs = [producer.inputs[0]!, node.inputs[1]!];
        dropDead(graph);
        return true;
      }
      if (shape(node.inputs[0]!) === shape(node.output) && !graph.outputs.includes(node.output)) {
        bypass(graph, node);
        return true;
      }
    } else if (foldAffine(graph, node, links) || fuseActivation(node, links)) {
      producer!.output = node.output;
      graph.nodes.splice(graph.nodes.indexOf(node), 1);
      return true;
    }
  }
  return false;
}

/** x * relu6(x + 3) / 6, built from layers -> HARD_SWISH. */
function findHardSwish(graph: Graph): boolean {
  const producers = new Map(graph.nodes.map((node) => [node.output, node]));
  const readers = consumers(graph);
  const constants = (node: GraphNode, factor: number, offset: number): boolean =>
    isAffine(graph, node) &&
    floats(graph, node.inputs[1]!).every((v) => Math.abs(v - factor) < 1e-6) &&
    floats(graph, node.inputs[2]!).every((v) => Math.abs(v - offset) < 1e-6);
  for (const node of graph.nodes.filter(({ op, inputs }) => op === "MUL" && inputs.length === 2)) {
    for (const [x, gate] of [
      [node.inputs[0]!, node.inputs[1]!],
      [node.inputs[1]!, node.inputs[0]!],
    ] as const) {
      const chain = chainBack(producers, gate);
      const [divide, relu6, add] = chain;
      if (
        !divide ||
        !relu6 ||
        !add ||
        relu6.op !== "RELU6" ||
        !isLinear(node) ||
        !constants(divide, 1 / 6, 0) ||
        !constants(add, 1, 3)
      )
        continue;
      if (
        chainSource(producers, add.inputs[0]!) !== chainSource(producers, x) ||
        readers.get(divide.output)!.length !== 1
      )
        continue;
      Object.assign(node, { op: "HARD_SWISH", inputs: [x], options: {} });
      return true;
    }
  }
  return false;
}

function chainBack(producers: Map<number, GraphNode>, tensor: number): GraphNode[] {
  const chain: GraphNode[] = [];
  for (let at = skipReshapes(producers, tensor); at && chain.length < 3; at = skipReshapes(producers, at.inputs[0]!))
    chain.push(at);
  return chain;
}
/** Nodes with unused results. */
function dropDead(graph: Graph): void {
  for (let before = -1; before !== graph.nodes.length;) {
    before = graph.nodes.length;
    const readers = consumers(graph);
    graph.nodes = graph.nodes.filter((node) => readers.has(node.output) || graph.outputs.includes(node.output));
  }
}

/** An output that is also an input or another output gets its own tensor, by a reshape to the same shape. */
function separateOutputs(graph: Graph): void {
  const taken = new Set(graph.inputs);
  graph.outputs = graph.outputs.map((output) => {
    if (!taken.has(output)) {
      taken.add(output);
      return output;
    }
    const { name, shape } = graph.tensors[output]!;
    const target =
      graph.tensors.push({ name: `${name}/shape`, shape: [shape.length], data: Int32Array.from(shape) }) - 1;
    const copy = graph.tensors.push({ name, shape }) - 1;
    graph.nodes.push({
      op: "RESHAPE",
      inputs: [output, target],
      output: copy,
      options: { newShape: shape },
      layer: name,
    });
    return copy;
  });
}

/** Folds batch normalizations, fuses activations, joins reshapes. The result computes the same. */
export function simplify(graph: Graph): Graph {
  while (findHardSwish(graph));
  findPrelu(graph);
  dropDead(graph);
  while (applyOnce(graph));
  dropDead(graph);
  separateOutputs(graph);
  return compact(graph);
}
