/** Which channels inside a model may stand in another order: with the constants around them in that order, too, every output keeps its bytes. */
import { elementwise } from "tfjs-to-tflite/graph/elementwise.js";
import { sizeOf } from "tfjs-to-tflite/graph/shape.js";
import { Sets } from "tfjs-to-tflite/quantize/sets.js";
import type { Subgraph, TfliteModel, TfliteOperator, TfliteTensor } from "tfjs-to-tflite/tflite/index.js";
import { isConstant, operatorNames } from "../inference/graph.js";

/** An axis of a constant along which the channels lie, once or several times in a row. */
export interface ChannelAxis {
  tensor: number;
  axis: number;
  /** They are those of a layer's input, and the constant its weights. */
  reads?: boolean;
}

/** The channels of some activations, the same in all of them. */
export interface ChannelGroup {
  channels: number;
  axes: ChannelAxis[];
}

/** What an operator has to do with the channels of an activation. */
interface Use {
  tensor: number;
  /** As it sees them. */
  channels: number;
  axes: ChannelAxis[];
  makes?: boolean;
  /** It also takes whole pixels as one row. */
  folds?: boolean;
}

/** Of which each channel is computed of the same one of the first input, as long as the last axis stays. */
const onImages = new Set([
  "AVERAGE_POOL_2D",
  "MAX_POOL_2D",
  "MEAN",
  "PAD",
  "RESIZE_BILINEAR",
  "RESIZE_NEAREST_NEIGHBOR",
]);

const last = ({ shape }: TfliteTensor): number => shape.at(-1) ?? 1;

class Finder {
  readonly #sets = new Sets();
  readonly #blocked = new Set<number>();
  readonly #uses: Use[] = [];
  readonly #readers = new Map<number, number>();

  constructor(
    readonly model: TfliteModel,
    readonly graph: Subgraph,
  ) {
    for (const { inputs } of graph.operators)
      for (const input of inputs) this.#readers.set(input, (this.#readers.get(input) ?? 0) + 1);
  }

  #at(index: number | undefined): TfliteTensor | undefined {
    return this.graph.tensors[index ?? -1];
  }

  #isConstant(index: number | undefined): boolean {
    const tensor = this.#at(index);
    return tensor !== undefined && isConstant(this.model, tensor);
  }

  #block({ inputs, outputs }: TfliteOperator): void {
    for (const tensor of [...inputs, ...outputs]) this.#blocked.add(tensor);
  }

  /** A constant that nothing else reads, of `size` bytes an element, with one scale, or along its axis of channels one for each. Of a bias engines take that axis for granted. */
  #isOwn(index: number, type: string, size: number, axis: number): boolean {
    const tensor = this.#at(index);
    if (tensor?.type !== type || tensor.isSparse || this.#readers.get(index) !== 1) return false;
    const { scale = [], quantizedDimension } = tensor.quantization ?? {};
    const bytes = this.model.buffers[tensor.buffer]?.length ?? 0;
    const isByChannel = (type === "INT32" || quantizedDimension === axis) && scale.length === tensor.shape[axis];
    return bytes > 0 && bytes === size * sizeOf(tensor.shape) && (scale.length <= 1 || isByChannel);
  }

  /** int8 throughout, with constants that nothing else reads, in the shapes that engines take. */
  #isPlainLayer(name: string, { inputs: [input, weights = -1, bias = -1], outputs, options }: TfliteOperator): boolean {
    const shape = this.#at(weights)?.shape ?? [];
    const axis = name === "DEPTHWISE_CONV_2D" ? 3 : 0;
    const channels = shape[axis]!;
    const biasShape = this.#at(bias)?.shape ?? [];
    return (
      [input, outputs[0]].every((tensor) => this.#at(tensor)?.type === "INT8") &&
      shape.length === (name === "FULLY_CONNECTED" ? 2 : 4) &&
      this.#isOwn(weights, "INT8", 1, axis) &&
      (bias < 0 || (this.#isOwn(bias, "INT32", 4, biasShape.length - 1) && biasShape.at(-1) === channels)) &&
      last(this.#at(outputs[0])!) === channels &&
      (options?.["weightsFormat"] ?? 0) === 0
    );
  }

  #layer(name: string, operator: TfliteOperator): void {
    const [input, weights, bias = -1] = operator.inputs as [number, number, number?];
    const output = operator.outputs[0]!;
    if (!this.#isPlainLayer(name, operator)) return this.#block(operator);
    const { shape } = this.#at(weights)!;
    const isDepthwise = name === "DEPTHWISE_CONV_2D";
    const [channels, taken] = [shape.at(isDepthwise ? -1 : 0)!, last(this.#at(input)!)];
    // Of several channels each makes several, or a few of them make a few in groups.
    const meets = isDepthwise ? [1, channels] : [shape[3] ?? taken];
    if (!meets.includes(taken)) return this.#block(operator);
    const axes = [
      { tensor: weights, axis: isDepthwise ? 3 : 0 },
      ...(bias < 0 ? [] : [{ tensor: bias, axis: this.#at(bias)!.shape.length - 1 }]),
    ];
    if (isDepthwise && taken === channels) {
      this.#sets.join(input, output);
      this.#uses.push({ tensor: output, channels, axes });
      return;
    }
    this.#uses.push({ tensor: output, channels, axes, makes: true });
    const axis = shape.length - 1;
    const read = [{ tensor: weights, axis, reads: true }];
    if (name === "FULLY_CONNECTED") this.#uses.push({ tensor: input, channels: shape[1]!, axes: read, folds: true });
    else if (!isDepthwise) this.#uses.push({ tensor: input, channels: taken, axes: read });
    else this.#blocked.add(input);
  }

  /** Of the same shape, so that a channel meets itself, or of one number. */
  #elementwise(operator: TfliteOperator): void {
    const output = operator.outputs[0]!;
    const shape = this.#at(output)?.shape.join();
    const many = operator.inputs.filter(
      (input) => !(this.#isConstant(input) && this.#at(input)!.shape.every((size) => size === 1)),
    );
    if (many.length === 0 || many.some((input) => this.#isConstant(input) || this.#at(input)?.shape.join() !== shape))
      return this.#block(operator);
    for (const input of many) this.#sets.join(input, output);
  }

  #keepsLastAxis(name: string, { inputs, outputs }: TfliteOperator): boolean {
    const [input, output] = [this.#at(inputs[0])!, this.#at(outputs[0])!];
    if (last(input) !== last(output)) return false;
    if (name !== "MEAN" && name !== "PAD") return true;
    const bytes = this.model.buffers[this.#at(inputs[1])?.buffer ?? 0] ?? new Uint8Array();
    if (this.#at(inputs[1])?.type !== "INT32" || bytes.length === 0 || bytes.length % 4 !== 0) return false;
    const values = new Int32Array(bytes.slice().buffer);
    const axis = input.shape.length - 1;
    return name === "MEAN"
      ? !values.includes(axis) && !values.includes(-1)
      : values.subarray(2 * axis).every((size) => size === 0);
  }

  #add(name: string, operator: TfliteOperator): void {
    const [input, output] = [operator.inputs[0]!, operator.outputs[0]!];
    if (operator.outputs.length !== 1 || !this.#at(input)) return this.#block(operator);
    if (["CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED"].includes(name)) this.#layer(name, operator);
    else if ((elementwise as ReadonlySet<string>).has(name)) this.#elementwise(operator);
    else if (["RESHAPE", "SQUEEZE", "EXPAND_DIMS"].includes(name)) this.#sets.join(input, output);
    else if (onImages.has(name) && this.#keepsLastAxis(name, operator)) {
      this.#sets.join(input, output);
      this.#uses.push({ tensor: output, channels: last(this.#at(output)!), axes: [] });
    } else this.#block(operator);
  }

  find(): ChannelGroup[] {
    const names = operatorNames(this.model, this.graph);
    const computed = new Set(this.graph.operators.flatMap(({ outputs }) => outputs));
    this.graph.tensors.forEach((tensor, i) => {
      if (tensor.isVariable || !computed.has(i)) this.#blocked.add(i);
    });
    for (const output of this.graph.outputs) this.#blocked.add(output);
    this.graph.operators.forEach((operator, i) => this.#add(names[i]!, operator));
    const blocked = new Set([...this.#blocked].map((tensor) => this.#sets.find(tensor)));
    const groups = new Map<number, Use[]>();
    for (const use of this.#uses) {
      const root = this.#sets.find(use.tensor);
      groups.set(root, [...(groups.get(root) ?? []), use]);
    }
    return [...groups].flatMap(([root, uses]) => {
      const channels = uses.find(({ makes }) => makes)?.channels;
      const isSound =
        channels !== undefined &&
        !blocked.has(root) &&
        uses.every((use) => (use.folds ? use.channels % channels === 0 : use.channels === channels));
      return isSound ? [{ channels, axes: uses.flatMap(({ axes }) => axes) }] : [];
    });
  }
}

/** Of a model of one subgraph, in the order in which it computes them; those that its inputs and outputs have stay as they are. */
export const channelGroups = (model: TfliteModel, graph: Subgraph): ChannelGroup[] => new Finder(model, graph).find();
