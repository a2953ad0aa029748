import { elementwise } from "./elementwise.js";
import { consumers, type Graph, type GraphNode } from "./graph.js";

const orderOf = (graph: Graph, node: GraphNode): number[] => Array.from(graph.tensors[node.inputs[1]!]!.data!);

const addOrder = (graph: Graph, name: string, order: readonly number[]): number =>
  graph.tensors.push({ name: `${name}/order`, shape: [order.length], data: Int32Array.from(order) }) - 1;

class Transposes {
  readonly #producers: Map<number, GraphNode>;
  readonly #readers: Map<number, GraphNode[]>;

  constructor(readonly graph: Graph) {
    this.#producers = new Map(graph.nodes.map((node) => [node.output, node]));
    this.#readers = consumers(graph);
  }

  #before(tensor: number): GraphNode | undefined {
    const node = this.#producers.get(tensor);
    return node?.op === "TRANSPOSE" ? node : undefined;
  }

  /** Two after each other become one, or none. */
  join(node: GraphNode): boolean {
    const { graph } = this;
    const first = node.op === "TRANSPOSE" ? this.#before(node.inputs[0]!) : undefined;
    if (!first) return false;
    const [inner, outer] = [orderOf(graph, first), orderOf(graph, node)];
    const order = outer.map((axis) => inner[axis]!);
    const source = first.inputs[0]!;
    if (order.every((axis, at) => axis === at) && !graph.outputs.includes(node.output)) {
      for (const reader of this.#readers.get(node.output) ?? [])
        reader.inputs = reader.inputs.map((input) => (input === node.output ? source : input));
      graph.nodes.splice(graph.nodes.indexOf(node), 1);
    } else node.inputs = [source, addOrder(graph, node.layer, order)];
    this.#dropUnread(first);
    return true;
  }

  #dropUnread(node: GraphNode): void {
    const { nodes, outputs } = this.graph;
    if (!outputs.includes(node.output) && !nodes.some(({ inputs }) => inputs.includes(node.output)))
      nodes.splice(nodes.indexOf(node), 1);
  }

  /** Of an operator whose inputs are all transposed alike, and read by nothing else, the output is transposed instead. */
  sink(node: GraphNode): boolean {
    const { graph } = this;
    const isJoin = node.op === "CONCATENATION";
    if (!isJoin && !elementwise.has(node.op)) return false;
    const before = node.inputs.map((input) => this.#before(input));
    const [first] = before;
    if (!first) return false;
    const order = orderOf(graph, first);
    const alike = before.every(
      (each) =>
        each &&
        String(orderOf(graph, each)) === String(order) &&
        !graph.outputs.includes(each.output) &&
        this.#readers.get(each.output)!.length === 1,
    );
    if (!alike) return false;
    const shape: number[] = [];
    order.forEach((axis, at) => (shape[axis] = graph.tensors[node.output]!.shape[at]!));
    const middle = graph.tensors.push({ name: node.layer, shape }) - 1;
    const { output, layer } = node;
    node.inputs = before.map((each) => each!.inputs[0]!);
    node.output = middle;
    if (isJoin) node.options = { ...node.options, axis: order[Number(node.options["axis"])]! };
    const after: GraphNode = {
      op: "TRANSPOSE",
      inputs: [middle, addOrder(graph, layer, order)],
      output,
      options: {},
      layer,
    };
    graph.nodes.splice(graph.nodes.indexOf(node) + 1, 0, after);
    for (const each of new Set(before)) this.#dropUnread(each!);
    return true;
  }
}

/**
 * Moves transpositions towards the outputs, through what does not care, until they meet others and become one or none: layers with their channels first are
 * each made of two. Changes the graph.
 */
export function joinTransposes(graph: Graph): void {
  for (;;) {
    const transposes = new Transposes(graph);
    if (!graph.nodes.some((node) => transposes.join(node) || transposes.sink(node))) return;
  }
}
