/** PReLU as graph models have it where it was no op: a sum of what is positive, and of what is negative times its slopes. */
import { chainSource, floats, isAffine, isLinear, skipReshapes, type Producers } from "./chains.js";
import type { Graph, GraphNode } from "./graph.js";

interface Slopes {
  /** Without the batch, 1 where they are shared. */
  shape: number[];
  data: Float32Array;
}

const scaledBy = (factor: number, { shape, data }: Slopes): Slopes => ({
  shape,
  data: data.map((slope) => slope * factor),
});

class Finder {
  readonly #producers: Producers;

  constructor(readonly graph: Graph) {
    this.#producers = new Map(graph.nodes.map((node) => [node.output, node]));
  }

  #node(tensor: number, op: string): GraphNode | undefined {
    const node = skipReshapes(this.#producers, tensor);
    return node?.op === op && isLinear(node) ? node : undefined;
  }

  #source = (tensor: number): number => chainSource(this.#producers, tensor);

  /** Whether a tensor is the negative of another. */
  #isNegative(tensor: number, of: number): boolean {
    const node = this.#node(tensor, "DEPTHWISE_CONV_2D");
    return (
      node !== undefined &&
      isAffine(this.graph, node) &&
      floats(this.graph, node.inputs[1]!).every((factor) => factor === -1) &&
      floats(this.graph, node.inputs[2]!).every((offset) => offset === 0) &&
      this.#source(node.inputs[0]!) === of
    );
  }

  /** Two inputs, a constant one first. */
  #constantFirst([a, b]: readonly number[]): readonly [number, number] {
    return this.graph.tensors[a!]!.data ? [a!, b!] : [b!, a!];
  }

  /** What a tensor is of x where that is negative, being 0 elsewhere: min(x, 0) is 1, x - |x| is 2, relu(-x) is -1. */
  #part(tensor: number, x: number): number | undefined {
    const { tensors } = this.graph;
    const minimum = this.#node(tensor, "MINIMUM");
    if (minimum) {
      const [zero, other] = this.#constantFirst(minimum.inputs);
      const isZero = tensors[zero]!.data?.every((value) => value === 0);
      return isZero && this.#source(other) === x ? 1 : undefined;
    }
    const difference = this.#node(tensor, "SUB");
    if (difference) {
      const magnitude = this.#node(difference.inputs[1]!, "ABS");
      const same = this.#source(difference.inputs[0]!) === x && magnitude && this.#source(magnitude.inputs[0]!) === x;
      return same ? 2 : undefined;
    }
    const positive = this.#node(tensor, "RELU");
    return positive && this.#isNegative(positive.inputs[0]!, x) ? -1 : undefined;
  }

  /** The constant factor of a tensor of the given rank, and what it multiplies. */
  #product(tensor: number, rank: number): { of: number; slopes: Slopes } | undefined {
    const { tensors } = this.graph;
    const affine = this.#node(tensor, "DEPTHWISE_CONV_2D");
    if (affine && isAffine(this.graph, affine)) {
      const data = floats(this.graph, affine.inputs[1]!);
      const isFactor = floats(this.graph, affine.inputs[2]!).every((offset) => offset === 0);
      const shape = [...Array<number>(rank - 2).fill(1), data.length];
      return isFactor ? { of: affine.inputs[0]!, slopes: { shape, data } } : undefined;
    }
    const product = this.#node(tensor, "MUL");
    if (!product) return undefined;
    const [constant, of] = this.#constantFirst(product.inputs);
    const { shape, data } = tensors[constant]!;
    if (!(data instanceof Float32Array) || shape.length > rank) return undefined;
    const [batch, ...own] = [...Array<number>(rank - shape.length).fill(1), ...shape];
    return batch === 1 ? { of, slopes: { shape: own, data } } : undefined;
  }

  /** @param positive relu(x) @param negative what is added to it @returns x and its slopes */
  #slopes(positive: number, negative: number, shape: readonly number[]): { x: number; slopes: Slopes } | undefined {
    const relu = this.#node(positive, "RELU");
    const x = relu?.inputs[0];
    if (x === undefined || String(this.graph.tensors[x]!.shape) !== String(shape)) return undefined;
    const { of, slopes } = this.#product(negative, shape.length) ?? {
      of: negative,
      slopes: { shape: shape.slice(1).map(() => 1), data: Float32Array.of(1) },
    };
    const part = this.#part(of, this.#source(x));
    return part === undefined ? undefined : { x, slopes: scaledBy(part, slopes) };
  }

  /** Of a sum or difference. */
  find(node: GraphNode): { x: number; slopes: Slopes } | undefined {
    const { op, inputs, output } = node;
    if ((op !== "ADD" && op !== "SUB") || !isLinear(node)) return undefined;
    const { shape } = this.graph.tensors[output]!;
    const [a, b] = inputs as [number, number];
    if (op === "ADD") return this.#slopes(a, b, shape) ?? this.#slopes(b, a, shape);
    const found = this.#slopes(a, b, shape);
    return found && { x: found.x, slopes: scaledBy(-1, found.slopes) };
  }
}

/** relu(x) - alpha relu(-x), relu(x) + alpha min(x, 0) and relu(x) + alpha (x - |x|) / 2 become PRELU, or LEAKY_RELU where all slopes are alike. Leaves nodes that nothing reads. */
export function findPrelu(graph: Graph): void {
  const finder = new Finder(graph);
  for (const node of graph.nodes) {
    const found = finder.find(node);
    if (!found) continue;
    const { x, slopes } = found;
    const [alpha] = slopes.data;
    if (slopes.data.every((slope) => slope === alpha))
      Object.assign(node, { op: "LEAKY_RELU", inputs: [x], options: { alpha } });
    else {
      const constant = graph.tensors.push({ name: `${node.layer}/slopes`, shape: slopes.shape, data: slopes.data }) - 1;
      Object.assign(node, { op: "PRELU", inputs: [x, constant], options: {} });
    }
  }
}
