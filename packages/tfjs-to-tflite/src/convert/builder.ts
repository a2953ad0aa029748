import { graphRules, type Builtin } from "../graph/operators/index.js";
import { activations, paddings } from "../tflite/index.js";
import { lastOf, sizeOf, type Graph, type GraphNode } from "../graph/graph.js";

export type Padding = keyof typeof paddings;

export const lstmForms = ["unrolled", "fused"] as const;
/** The operators of a step once for each step, or one operator for all. */
export type LstmForm = (typeof lstmForms)[number];

/** Operators of two tensors, one of which may be spread over the other. */
export type Elementwise = "ADD" | "SUB" | "MUL" | "DIV" | "MAXIMUM" | "MINIMUM" | "SQUARED_DIFFERENCE";

/** Operators that make one number of all along some axes. */
export type Reduction = "MEAN" | "SUM" | "REDUCE_MAX" | "REDUCE_MIN";

/** How a window moves over an image: [height, width] each. */
export interface Window {
  strides: readonly [number, number];
  padding: Padding;
  dilation?: readonly [number, number];
}

const unmasked = { beginMask: 0, endMask: 0, ellipsisMask: 0, newAxisMask: 0, shrinkAxisMask: 0 };

const windowLength = (length: number, kernel: number, stride: number, padding: Padding): number =>
  padding === "SAME" ? Math.ceil(length / stride) : Math.floor((length - kernel) / stride) + 1;

/** Adds nodes to a graph; each method returns the number of its output tensor. */
export class GraphBuilder {
  readonly graph: Graph;
  /** The layer that nodes are added for. */
  layer = "";
  #shared: Map<string, number> | undefined;

  /** @param lstm what an LSTM becomes that can be one operator */
  constructor(
    name: string,
    readonly lstm: LstmForm = "unrolled",
  ) {
    this.graph = { name, tensors: [], nodes: [], inputs: [], outputs: [] };
  }

  shape(tensor: number): number[] {
    return this.graph.tensors[tensor]!.shape;
  }

  tensor(name: string, shape: number[]): number {
    return this.graph.tensors.push({ name, shape }) - 1;
  }

  constant(name: string, shape: number[], data: Float32Array | Int32Array): number {
    return this.graph.tensors.push({ name: `${this.layer}/${name}`, shape, data }) - 1;
  }

  /** The present layer's operators come once for each step. @param because of an LSTM why it is not one operator, where that is so */
  unrolled(type: string, steps: number, because?: string): void {
    const { unrolled = [] } = this.graph;
    this.graph.unrolled = [
      ...unrolled.filter(({ layer }) => layer !== this.layer),
      { layer: this.layer, type, steps, ...(because !== undefined && { because }) },
    ];
  }

  /** The present layer is an operator with states. @param keeps whether the layer itself keeps them from one call to the next */
  stateful(type: string, keeps: boolean): void {
    const { stateful = [] } = this.graph;
    this.graph.stateful = [...stateful.filter(({ layer }) => layer !== this.layer), { layer: this.layer, type, keeps }];
  }

  /** While `make` runs, equal lists of integers (shapes, axes, ends of slices) are one constant. An unrolled layer has many. */
  sharingIntegers<T>(make: () => T): T {
    const outer = this.#shared;
    this.#shared ??= new Map();
    const made = make();
    this.#shared = outer;
    return made;
  }

  #integers(name: string, values: readonly number[]): number {
    const key = values.join();
    const known = this.#shared?.get(key);
    if (known !== undefined) return known;
    const made = this.constant(name, [values.length], Int32Array.from(values));
    this.#shared?.set(key, made);
    return made;
  }

  node(op: Builtin, inputs: number[], shape: number[], options: GraphNode["options"] = {}): number {
    const output = this.tensor(this.layer, shape);
    this.graph.nodes.push({ op, inputs, output, options, layer: this.layer });
    return output;
  }

  #windowed(
    op: Builtin,
    inputs: number[],
    kernel: readonly [number, number],
    channels: number,
    { strides, padding, dilation = [1, 1] }: Window,
    more: GraphNode["options"],
  ): number {
    const [, height, width] = this.shape(inputs[0]!) as [number, number, number];
    const length = (n: number, axis: 0 | 1): number =>
      windowLength(n, (kernel[axis] - 1) * dilation[axis] + 1, strides[axis], padding);
    return this.node(op, inputs, [1, length(height, 0), length(width, 1), channels], {
      padding: paddings[padding],
      strideH: strides[0],
      strideW: strides[1],
      fusedActivation: activations.NONE,
      ...more,
    });
  }

  /** @param weights [out, height, width, in] @param bias [out] */
  conv(input: number, weights: number, bias: number, window: Window): number {
    const [out, height, width] = this.shape(weights) as [number, number, number];
    const [dilationH, dilationW] = window.dilation ?? [1, 1];
    return this.#windowed("CONV_2D", [input, weights, bias], [height, width], out, window, { dilationH, dilationW });
  }

  /** @param weights [1, height, width, in * multiplier] @param bias [in * multiplier] */
  depthwise(input: number, weights: number, bias: number, window: Window): number {
    const [, height, width, out] = this.shape(weights) as [number, number, number, number];
    const [dilationH, dilationW] = window.dilation ?? [1, 1];
    const depthMultiplier = out / lastOf(this.shape(input));
    return this.#windowed("DEPTHWISE_CONV_2D", [input, weights, bias], [height, width], out, window, {
      dilationH,
      dilationW,
      depthMultiplier,
    });
  }

  /** @param input [1, height, width, in] @param weights [out, height, width, in] @param bias [out] @param shape of the output */
  transposeConv(input: number, weights: number, bias: number, shape: number[], { strides, padding }: Window): number {
    return this.node("TRANSPOSE_CONV", [input, weights, bias], shape, {
      padding: paddings[padding],
      strideH: strides[0],
      strideW: strides[1],
      fusedActivation: activations.NONE,
    });
  }

  pool(op: "MAX_POOL_2D" | "AVERAGE_POOL_2D", input: number, size: readonly [number, number], window: Window): number {
    return this.#windowed(op, [input], size, lastOf(this.shape(input)), window, { filterH: size[0], filterW: size[1] });
  }

  /** @param input [rows, in] @param weights [out, in] @param bias [out] */
  fullyConnected(input: number, weights: number, bias: number): number {
    return this.node("FULLY_CONNECTED", [input, weights, bias], [this.shape(input)[0]!, this.shape(weights)[0]!], {
      fusedActivation: activations.NONE,
      weightsFormat: 0,
      keepNumDims: 0,
    });
  }

  /** x where it is positive, else x times its slope. @param shape of the slopes: without the batch, 1 where they are shared */
  prelu(input: number, shape: readonly number[], slopes: Float32Array): number {
    if (slopes.every((slope) => slope === slopes[0])) return this.unary("LEAKY_RELU", input, { alpha: slopes[0]! });
    return this.node("PRELU", [input, this.constant("slopes", [...shape], slopes)], this.shape(input));
  }

  /** @param input [1, height, width, channels] @param size [height, width] */
  resize(
    op: "RESIZE_BILINEAR" | "RESIZE_NEAREST_NEIGHBOR",
    input: number,
    size: readonly [number, number],
    { alignCorners = false, halfPixelCenters = false } = {},
  ): number {
    const [batch, , , channels] = this.shape(input) as [number, number, number, number];
    return this.node(op, [input, this.#integers("size", size)], [batch, ...size, channels], {
      alignCorners: alignCorners ? 1 : 0,
      halfPixelCenters: halfPixelCenters ? 1 : 0,
    });
  }

  /** @param axes counted from the first */
  reduce(op: Reduction, input: number, axes: readonly number[], keepDims: boolean): number {
    const shape = this.shape(input);
    const out = keepDims
      ? shape.map((size, axis) => (axes.includes(axis) ? 1 : size))
      : shape.filter((_, axis) => !axes.includes(axis));
    return this.node(op, [input, this.#integers("axes", axes)], out, { keepDims: keepDims ? 1 : 0 });
  }

  /** y = x * scale + offset, one factor and one offset per channel; a 1x1 depthwise convolution, so that it can be folded and quantized like one. */
  affine(input: number, scale: Float32Array, offset: Float32Array): number {
    const shape = this.shape(input);
    const channels = lastOf(shape);
    const isImage = shape.length === 4 && shape[0] === 1;
    const image = isImage ? input : this.reshape(input, [1, sizeOf(shape) / channels, 1, channels]);
    const weights = this.constant("scale", [1, 1, 1, channels], scale);
    const result = this.depthwise(image, weights, this.constant("offset", [channels], offset), {
      strides: [1, 1],
      padding: "VALID",
    });
    return this.reshape(result, shape);
  }

  /** The same numbers as another tensor. */
  copy(input: number): number {
    return this.#reshaped(input, this.shape(input));
  }

  reshape(input: number, shape: number[]): number {
    return String(shape) === String(this.shape(input)) ? input : this.#reshaped(input, shape);
  }

  #reshaped(input: number, shape: number[]): number {
    return this.node("RESHAPE", [input, this.#integers("shape", shape)], shape, { newShape: shape });
  }

  /** Output axis i is input axis order[i]. */
  transpose(input: number, order: readonly number[]): number {
    return this.node(
      "TRANSPOSE",
      [input, this.#integers("order", order)],
      order.map((axis) => this.shape(input)[axis]!),
    );
  }

  /** @param amounts [before, after] for each axis */
  pad(input: number, amounts: readonly (readonly [number, number])[]): number {
    const paddings = this.constant("paddings", [amounts.length, 2], Int32Array.from(amounts.flat()));
    return this.node(
      "PAD",
      [input, paddings],
      this.shape(input).map((n, axis) => n + amounts[axis]![0] + amounts[axis]![1]),
    );
  }

  /** Elements begin (included) to end (excluded) of each axis, one in every `strides`. */
  slice(
    input: number,
    begin: readonly number[],
    end: readonly number[],
    strides: readonly number[] = begin.map(() => 1),
  ): number {
    const parts = [this.#integers("begin", begin), this.#integers("end", end), this.#integers("strides", strides)];
    return this.node(
      "STRIDED_SLICE",
      [input, ...parts],
      begin.map((first, axis) => Math.ceil((end[axis]! - first) / strides[axis]!)),
      unmasked,
    );
  }

  /** Along axis 1 of [1, steps, width], from the last to the first. */
  reversed(input: number): number {
    const [batch, steps, width] = this.shape(input) as [number, number, number];
    if (steps === 1) return input;
    const parts = [
      this.#integers("begin", [0, steps - 1, 0]),
      // Counted from behind the last: one before the first.
      this.#integers("end", [batch, -steps - 1, width]),
      this.#integers("strides", [1, -1, 1]),
    ];
    return this.node("STRIDED_SLICE", [input, ...parts], [batch, steps, width], unmasked);
  }

  /** @param input [1, steps, width] @param gates of input, forget, cell and output gate: kernels [units, width], recurrent kernels [units, units], biases [units]. @returns [1, steps, units] */
  lstmSequence(input: number, gates: Readonly<Record<"kernels" | "recurrent" | "biases", readonly number[]>>): number {
    const [batch, steps] = this.shape(input) as [number, number];
    const [units] = this.shape(gates.biases[0]!) as [number];
    const cell = this.graph.tensors.push({ name: `${this.layer}/cell`, shape: [batch, units], type: "STATE" }) - 1;
    return this.node(
      "UNIDIRECTIONAL_SEQUENCE_LSTM",
      [input, ...gates.kernels, ...gates.recurrent, ...gates.biases, cell],
      [batch, steps, units],
      { fusedActivation: activations.TANH, cellClip: 0, projClip: 0, timeMajor: 0 },
    );
  }

  concatenate(inputs: number[], axis: number): number {
    const shape = [...this.shape(inputs[0]!)];
    shape[axis] = inputs.reduce((sum, input) => sum + this.shape(input)[axis]!, 0);
    return this.node("CONCATENATION", inputs, shape, { axis, fusedActivation: activations.NONE });
  }

  elementwise(op: Elementwise, a: number, b: number): number {
    return this.#spread(op, a, b);
  }

  #spread(op: Builtin, a: number, b: number): number {
    const [left, right] = [this.shape(a), this.shape(b)];
    const rank = Math.max(left.length, right.length);
    const size = (shape: readonly number[], axis: number): number => shape[axis - rank + shape.length] ?? 1;
    const shape = Array.from({ length: rank }, (_, axis) => Math.max(size(left, axis), size(right, axis)));
    return this.node(op, [a, b], shape, graphRules(op).fusesActivation ? { fusedActivation: activations.NONE } : {});
  }

  /** Where a is larger than b, spread over each other. */
  greater(a: number, b: number): number {
    const said = this.#spread("GREATER", a, b);
    this.graph.tensors[said] = { ...this.graph.tensors[said]!, type: "BOOL" };
    return said;
  }

  /** Of a table [rows, width], a row for each number. @param numbers int32, [...] @returns [..., width] */
  rows(table: number, numbers: number): number {
    const shape = [...this.shape(numbers), lastOf(this.shape(table))];
    return this.node("GATHER", [table, numbers], shape, { axis: 0, batchDims: 0 });
  }

  /** `yes` where the condition holds, else `no`. @param condition of one of their shapes, or spread over them */
  select(condition: number, yes: number, no: number): number {
    const shape = [yes, no].map((each) => this.shape(each)).sort((a, b) => sizeOf(b) - sizeOf(a))[0]!;
    return this.node("SELECT_V2", [condition, yes, no], shape);
  }

  unary(op: Builtin, input: number, options: GraphNode["options"] = {}): number {
    return this.node(op, [input], this.shape(input), options);
  }
}
