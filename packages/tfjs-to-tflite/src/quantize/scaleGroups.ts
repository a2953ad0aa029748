import { consumers, dataInputs, lastOf, sizeOf, type Graph, type GraphNode, type GraphTensor } from "../graph/graph.js";
import { graphRules, weightedRule } from "../graph/operators/index.js";
import { activations } from "../tflite/index.js";
import { Sets } from "./sets.js";

/** Activations of which each channel can be divided by a factor of its own, the same in all of them, without another change than in the layers around. */
export interface ScaleGroup {
  tensors: number[];
  /** Layers whose output channels are divided. */
  makers: GraphNode[];
  /** Layers whose input channels are multiplied. */
  readers: GraphNode[];
  /** Those that are cut off at 6. */
  clipped: number[];
}

/** Computes each channel of its output from the same channel of its data inputs, and commutes with a positive factor of the channel. */
const perChannel: ReadonlySet<string> = new Set([
  "ADD",
  "SUB",
  "MAXIMUM",
  "MINIMUM",
  "PRELU",
  "RELU6",
  "RESIZE_BILINEAR",
  "RESIZE_NEAREST_NEIGHBOR",
  "MIRROR_PAD",
]);

const fused = ({ options }: GraphNode): number => Number(options["fusedActivation"] ?? activations.NONE);
const cutsAtSix = (node: GraphNode): boolean => node.op === "RELU6" || fused(node) === activations.RELU6;
const scales = (node: GraphNode): boolean =>
  [activations.NONE, activations.RELU, activations.RELU6].includes(fused(node) as 0);

/** A global average, whose axes are those between batch and channels. */
const isMeanOfImage = (graph: Graph, { op, inputs }: GraphNode): boolean =>
  op === "MEAN" &&
  graph.tensors[inputs[0]!]!.shape.length === 4 &&
  [...(graph.tensors[inputs[1]!]!.data ?? [])].join() === "1,2";

class Finder {
  readonly #sets = new Sets();
  readonly #blocked = new Set<number>();
  readonly #makers: GraphNode[] = [];
  readonly #readers: GraphNode[] = [];
  readonly #clipped: number[] = [];
  readonly #uses: Map<number, GraphNode[]>;
  readonly #producers: Map<number, GraphNode>;

  constructor(readonly graph: Graph) {
    this.#uses = consumers(graph);
    this.#producers = new Map(graph.nodes.map((node) => [node.output, node]));
  }

  #channels(tensor: number): number {
    return lastOf(this.graph.tensors[tensor]!.shape);
  }

  #block(...tensors: number[]): void {
    for (const tensor of tensors) this.#blocked.add(tensor);
  }

  /** Weights that several layers read (the steps of an unrolled one) stay one constant. */
  #hasOwnWeights(node: GraphNode): boolean {
    return node.inputs.slice(1).every((input) => {
      const { data } = this.graph.tensors[input] ?? {};
      return data !== undefined && this.#uses.get(input)!.length === 1;
    });
  }

  #weighted(node: GraphNode): void {
    const input = node.inputs[0]!;
    const own = this.#hasOwnWeights(node);
    if (own && scales(node)) this.#makers.push(node);
    else this.#block(node.output);
    if (cutsAtSix(node)) this.#clipped.push(node.output);
    const takes =
      node.op === "DEPTHWISE_CONV_2D"
        ? node.options["depthMultiplier"] === 1
        : node.op === "FULLY_CONNECTED"
          ? this.graph.tensors[node.inputs[1]!]!.shape[1] === this.#channels(input)
          : node.op === "CONV_2D";
    if (own && takes) this.#readers.push(node);
    else this.#block(input);
  }

  /** Whether a product rather has the factors of its other operand: a constant, what has a fixed scale, or may be divided least. */
  #isGate(tensor: number): boolean {
    const producer = this.#producers.get(tensor);
    return !producer || graphRules(producer.op).quantization.kind === "fixed" || cutsAtSix(producer);
  }

  /** A product has the factors of one operand, and the other has none. */
  #product(node: GraphNode): void {
    const { tensors } = this.graph;
    const [a, b] = node.inputs as [number, number];
    const [left, right] = [sizeOf(tensors[a]!.shape), sizeOf(tensors[b]!.shape)];
    const [image, gate] = left < right || (left === right && this.#isGate(a)) ? [b, a] : [a, b];
    this.#block(gate);
    if (
      image === gate ||
      this.#channels(image) !== this.#channels(node.output) ||
      fused(node) === activations.RELU6 ||
      !scales(node)
    )
      this.#block(image, node.output);
    else this.#sets.join(image, node.output);
  }

  #tie(node: GraphNode): void {
    const inputs = dataInputs(this.graph, node);
    const { tensors } = this.graph;
    // A slope is a factor itself, and zeros are zeros at any scale.
    const isFree = ({ data }: GraphTensor): boolean =>
      node.op === "PRELU" || !(data instanceof Float32Array) || data.every((value) => value === 0);
    const tied = [...inputs, node.output];
    const keeps =
      perChannel.has(node.op) ||
      node.op === "RESHAPE" ||
      graphRules(node.op).commutesWithScale ||
      isMeanOfImage(this.graph, node);
    const alike = tied.every((tensor) => this.#channels(tensor) === this.#channels(node.output));
    if (!keeps || !alike || !scales(node) || !node.inputs.every((input) => isFree(tensors[input]!)))
      return this.#block(...tied);
    if (cutsAtSix(node)) this.#clipped.push(node.output);
    for (const input of inputs) this.#sets.join(input, node.output);
  }

  find(): ScaleGroup[] {
    const { nodes, inputs, outputs } = this.graph;
    this.#block(...inputs, ...outputs);
    for (const node of nodes) {
      if (weightedRule(node.op)) this.#weighted(node);
      else if (node.op === "MUL") this.#product(node);
      else this.#tie(node);
    }
    const stopped = new Set([...this.#blocked].map((tensor) => this.#sets.find(tensor)));
    const groups = new Map<number, ScaleGroup>();
    for (const { output } of nodes) {
      const root = this.#sets.find(output);
      if (stopped.has(root)) continue;
      const group = groups.get(root) ?? { tensors: [], makers: [], readers: [], clipped: [] };
      group.tensors.push(output);
      groups.set(root, group);
    }
    for (const node of this.#makers) groups.get(this.#sets.find(node.output))?.makers.push(node);
    for (const node of this.#readers) groups.get(this.#sets.find(node.inputs[0]!))?.readers.push(node);
    for (const tensor of this.#clipped) groups.get(this.#sets.find(tensor))?.clipped.push(tensor);
    return [...groups.values()].filter(({ readers }) => readers.length > 0);
  }
}

/** The groups of a graph, in the order in which it computes them. */
export const scaleGroups = (graph: Graph): ScaleGroup[] => new Finder(graph).find();
