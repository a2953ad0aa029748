import type { Quantization, TensorType, TfliteModel, TfliteOperator, TfliteTensor } from "../tflite/index.js";
import type { ActivationType, Params, QuantizedConstant } from "./parameters.js";
import { isReal, type Graph } from "./graph.js";
import type { Options } from "./types.js";
import { UserError } from "../lib/errors.js";
import { graphRules, operators, type Builtin } from "./operators/index.js";
import { lstmInputs } from "./operators/shared/lstm.js";

/** The integers of a graph's numbers: parameters of every activation, and quantized weights and biases. */
export interface QuantizedGraph {
  graph: Graph;
  activations: ReadonlyMap<number, Params>;
  constants: ReadonlyMap<number, QuantizedConstant>;
}

/** A graph whose constants are in the file as other types than float32: those of float16, and no activations, or all that integers take. */
export interface StoredGraph {
  graph: Graph;
  activations: ReadonlyMap<number, Params>;
  /** Without a quantization: the bits of float16, which a DEQUANTIZE makes float32. */
  constants: ReadonlyMap<number, QuantizedConstant | { data: Uint16Array; quantization?: undefined }>;
}

export const endTypes = ["int8", "int16", "uint8", "float32"] as const;
export type EndType = (typeof endTypes)[number];
/** What the ends of a model can be, by the type of its activations: that type itself comes first. */
export const endsOf: Readonly<Record<ActivationType, readonly EndType[]>> = {
  int8: ["int8", "uint8", "float32"],
  int16: ["int16", "float32"],
};

/** Types of inputs and of outputs of a quantized model. */
export type InputOutput = EndType | { input: EndType; output: EndType };

const bytesOf = (data: ArrayBufferView): Uint8Array =>
  new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice();

const integerTypes = new Map<unknown, TensorType>([
  [Int8Array, "INT8"],
  [Int16Array, "INT16"],
  [Int32Array, "INT32"],
  [BigInt64Array, "INT64"],
]);

const isSame = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, i) => byte === b[i]);

class Emitter {
  readonly model: TfliteModel;
  readonly #names = new Map<string, number>();
  /** Buffers by the constant of the graph that they were made of: an unrolled layer has the same weights in each step. */
  readonly #buffers = new Map<object, number[]>();

  constructor(
    readonly graph: Graph,
    readonly quantized: StoredGraph | undefined,
  ) {
    this.model = {
      version: 3,
      description: "made by loam",
      operatorCodes: [],
      buffers: [new Uint8Array(0)],
      metadata: [],
      subgraphs: [{ name: graph.name, tensors: [], inputs: [], outputs: [], operators: [] }],
    };
  }

  get #subgraph(): TfliteModel["subgraphs"][number] {
    return this.model.subgraphs[0]!;
  }

  /** Makes the names of a layer's tensors unique. */
  #unique(name: string): string {
    const count = this.#names.get(name) ?? 0;
    this.#names.set(name, count + 1);
    return count === 0 ? name : `${name}_${count}`;
  }

  #buffer(data: ArrayBufferView, source: object): number {
    const bytes = bytesOf(data);
    const made = this.#buffers.get(source) ?? [];
    const alike = made.find((buffer) => isSame(this.model.buffers[buffer]!, bytes));
    if (alike !== undefined) return alike;
    const buffer = this.model.buffers.push(bytes) - 1;
    this.#buffers.set(source, [...made, buffer]);
    return buffer;
  }

  /** @param source the constant of the graph that the data is, or was quantized from */
  tensor(
    name: string,
    shape: number[],
    type: TensorType,
    quantization?: Quantization,
    data?: ArrayBufferView,
    source: object | undefined = data,
  ): number {
    const buffer = data && source ? this.#buffer(data, source) : 0;
    const tensor: TfliteTensor = {
      name: this.#unique(name),
      shape,
      type,
      buffer,
      ...(quantization && { quantization }),
    };
    return this.#subgraph.tensors.push(tensor) - 1;
  }

  /** A tensor of the graph, with its type in this file. */
  fromGraph(index: number): number {
    const { name, shape, data, type, power = 0 } = this.graph.tensors[index]!;
    if (type === "STATE") {
      const steps = { scale: [2 ** power], zeroPoint: [0], quantizedDimension: 0 };
      return this.quantized?.activations.size
        ? this.#state(name, shape, "INT16", steps)
        : this.#state(name, shape, "FLOAT32");
    }
    if (type) return this.tensor(name, shape, type);
    const constant = this.quantized?.constants.get(index);
    if (constant && !constant.quantization) return this.#fromHalves(name, shape, constant.data, data!);
    if (constant) {
      const type = integerTypes.get(constant.data.constructor)!;
      return this.tensor(name, shape, type, constant.quantization, constant.data, data);
    }
    if (data) return this.tensor(name, shape, data instanceof Float32Array ? "FLOAT32" : "INT32", undefined, data);
    const params = this.quantized?.activations.get(index);
    if (!params) return this.tensor(name, shape, "FLOAT32");
    return this.tensor(name, shape, params.type === "int16" ? "INT16" : "INT8", {
      scale: [params.scale],
      zeroPoint: [params.zeroPoint],
      quantizedDimension: 0,
    });
  }

  /** What an operator keeps from one run to the next. */
  #state(name: string, shape: number[], type: TensorType, quantization?: Quantization): number {
    const made = this.tensor(name, shape, type, quantization);
    this.#subgraph.tensors[made]!.isVariable = true;
    return made;
  }

  #fromHalves(name: string, shape: number[], halves: Uint16Array, source: object): number {
    const stored = this.tensor(`${name}_float16`, shape, "FLOAT16", undefined, halves, source);
    const result = this.tensor(name, shape, "FLOAT32");
    this.operator("DEQUANTIZE", [stored], [result]);
    return result;
  }

  operator(
    op: Builtin,
    inputs: number[],
    outputs: number[],
    options: Options = {},
    more: Pick<TfliteOperator, "intermediates"> = {},
  ): void {
    const { code: builtinCode, options: table, version: versionFor } = operators[op];
    const data = op === "TRANSPOSE_CONV" ? inputs[2]! : inputs[0]!;
    const type = (tensor: number): TensorType => this.#subgraph.tensors[tensor]!.type;
    const [, weights] = inputs;
    const version = versionFor({
      input: type(data),
      output: type(outputs[0]!),
      ...(weights !== undefined && { weights: type(weights) }),
      options,
    });
    const known = this.model.operatorCodes.findIndex(
      (code) => code.builtinCode === builtinCode && code.version === version,
    );
    const opcodeIndex = known >= 0 ? known : this.model.operatorCodes.push({ builtinCode, version }) - 1;
    this.#subgraph.operators.push({
      opcodeIndex,
      inputs,
      outputs,
      ...(table !== "none" && { options: { type: table.type, ...options } }),
      ...more,
    });
  }

  /** An operator of the graph. @throws Error for one that a graph cannot contain */
  node(op: Builtin, inputs: number[], output: number, options: Options): void {
    graphRules(op);
    if (op === "TRANSPOSE_CONV") {
      const [input, weights, bias] = inputs as [number, number, number];
      const { name, shape } = this.#subgraph.tensors[output]!;
      const target = this.tensor(`${name}/shape`, [shape.length], "INT32", undefined, Int32Array.from(shape));
      this.operator(op, [target, weights, input, bias], [output], options);
    } else if (op === "UNIDIRECTIONAL_SEQUENCE_LSTM") this.#lstm(inputs, output, options);
    else this.operator(op, inputs, [output], { ...options, ...this.#sixteenBits(op, output) });
  }

  /** TensorFlow Lite's 24 inputs, of which those of peepholes, projection and normalization are left out. The hidden state is as the output, and so are as integers the sums that desktop asks the scale of. */
  #lstm(inputs: readonly number[], output: number, options: Options): void {
    const { name, type, shape, quantization } = this.#subgraph.tensors[output]!;
    const none = (count: number): number[] => Array<number>(count).fill(-1);
    const hidden = this.#state(`${name}/hidden`, [shape[0]!, shape.at(-1)!], type, quantization);
    const { kernels, recurrent, biases, cell } = lstmInputs;
    const [ofInput, ofHidden, offsets] = [kernels, recurrent, biases].map((places) => places.map((at) => inputs[at]!));
    const intermediates = quantization && [
      ...kernels.map(() => this.tensor(`${name}/gate`, [0], "FLOAT32")),
      this.tensor(`${name}/effective_hidden`, [0], type, quantization),
    ];
    this.operator(
      "UNIDIRECTIONAL_SEQUENCE_LSTM",
      [inputs[0]!, ...ofInput!, ...ofHidden!, ...none(3), ...offsets!, ...none(2), hidden, inputs[cell]!, ...none(4)],
      [output],
      options,
      intermediates && { intermediates },
    );
  }

  /** Options of sums of int16: scales that need not be powers of two, which is not the schema's default. */
  #sixteenBits(op: Builtin, output: number): Options {
    const isSum = op === "ADD" || op === "SUB";
    return isSum && this.#subgraph.tensors[output]!.type === "INT16" ? { potScaleInt16: 0 } : {};
  }
}

/** Of an input or output of another type than the activations, the tensor outside of the QUANTIZE or DEQUANTIZE: float32, or uint8 with the same scale. */
function outside(emitter: Emitter, source: Graph, index: number, type: "uint8" | "float32"): number {
  const { name, shape } = source.tensors[index]!;
  if (type === "float32") return emitter.tensor(`${name}_float`, shape, "FLOAT32");
  const { scale, zeroPoint } = emitter.quantized!.activations.get(index)!;
  const quantization = { scale: [scale], zeroPoint: [zeroPoint + 128], quantizedDimension: 0 };
  return emitter.tensor(`${name}_uint8`, shape, "UINT8", quantization);
}

/** The types of a quantized model's ends. @throws UserError for one that its activations cannot have */
export function endTypesOf(type: ActivationType, io: InputOutput = type): Record<"input" | "output", EndType> {
  const ends = typeof io === "string" ? { input: io, output: io } : io;
  for (const end of ["input", "output"] as const)
    if (!endsOf[type].includes(ends[end]))
      throw new UserError(
        `${end}s of ${ends[end]} do not go with activations of ${type}: ${endsOf[type].join(", ")} do (--io)`,
      );
  return ends;
}

/** The file's contents: float32 throughout but for constants, or integers when quantized; other types in `io` then add QUANTIZE and DEQUANTIZE at the ends. */
export function emit(graph: Graph, quantized?: StoredGraph, io?: InputOutput): TfliteModel {
  const source = quantized?.graph ?? graph;
  const emitter = new Emitter(source, quantized);
  const { model } = emitter;
  const subgraph = model.subgraphs[0]!;
  const [activation] = quantized?.activations.values() ?? [];
  const ends = activation && endTypesOf(activation.type, io);
  /** undefined: as it is in the graph. */
  const typeOf = (end: "input" | "output", index: number): "uint8" | "float32" | undefined => {
    const type = isReal(source, index) ? ends?.[end] : undefined;
    return type === "uint8" || type === "float32" ? type : undefined;
  };
  const numbers = new Map<number, number>();
  const numberOf = (index: number): number => {
    if (!numbers.has(index)) numbers.set(index, emitter.fromGraph(index));
    return numbers.get(index)!;
  };
  subgraph.inputs = source.inputs.map((index) => {
    const type = typeOf("input", index);
    if (!type) return numberOf(index);
    const given = outside(emitter, source, index, type);
    emitter.operator("QUANTIZE", [given], [numberOf(index)]);
    return given;
  });
  for (const node of source.nodes)
    emitter.node(node.op, node.inputs.map(numberOf), numberOf(node.output), node.options);
  subgraph.outputs = source.outputs.map((index) => {
    const type = typeOf("output", index);
    if (!type) return numberOf(index);
    const given = outside(emitter, source, index, type);
    emitter.operator(type === "uint8" ? "QUANTIZE" : "DEQUANTIZE", [numberOf(index)], [given]);
    return given;
  });
  return model;
}
