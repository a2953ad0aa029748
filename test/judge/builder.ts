import {
  builtinCodes,
  optionsOf,
  type Builtin,
  type Quantization,
  type TensorType,
  type TfliteModel,
  type TfliteTensor,
} from "../../host-tools/tflite/index.js";

const versions: Partial<Record<Builtin, number>> = {
  CONV_2D: 3,
  DEPTHWISE_CONV_2D: 3,
  FULLY_CONNECTED: 4,
  AVERAGE_POOL_2D: 2,
  MAX_POOL_2D: 2,
  SOFTMAX: 2,
  ADD: 2,
  SUB: 2,
  MUL: 2,
  DEQUANTIZE: 2,
  CONCATENATION: 2,
  LOGISTIC: 2,
  TANH: 2,
  RELU: 2,
  RELU6: 2,
  LEAKY_RELU: 2,
  MEAN: 2,
  PAD: 2,
  TRANSPOSE: 2,
  STRIDED_SLICE: 2,
};

export const elements = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

/** A model in the making. Tensors are named by their numbers. */
export class ModelBuilder {
  readonly tensors: TfliteTensor[] = [];
  readonly #buffers: Uint8Array[] = [new Uint8Array()];
  readonly #codes: TfliteModel["operatorCodes"] = [];
  readonly #operators: TfliteModel["subgraphs"][number]["operators"] = [];

  tensor(shape: readonly number[], type: TensorType, quantization?: Quantization, data?: ArrayBufferView): number {
    const buffer = data ? this.#buffers.push(new Uint8Array(data.buffer, data.byteOffset, data.byteLength)) - 1 : 0;
    return (
      this.tensors.push({
        name: `t${this.tensors.length}`,
        shape: [...shape],
        type,
        buffer,
        ...(quantization && { quantization }),
      }) - 1
    );
  }

  int8(shape: readonly number[], scale: number, zeroPoint: number, data?: Int8Array): number {
    return this.tensor(
      shape,
      "INT8",
      { scale: [Math.fround(scale)], zeroPoint: [zeroPoint], quantizedDimension: 0 },
      data,
    );
  }

  int32s(values: readonly number[]): number {
    return this.tensor([values.length], "INT32", undefined, Int32Array.from(values));
  }

  /** Adds an operator; @returns its output */
  operator(
    name: Builtin,
    inputs: number[],
    output: number,
    options: Record<string, string | number | number[]> = {},
  ): number {
    const code = { builtinCode: builtinCodes[name], version: versions[name] ?? 1 };
    let opcodeIndex = this.#codes.findIndex(({ builtinCode }) => builtinCode === code.builtinCode);
    if (opcodeIndex < 0) opcodeIndex = this.#codes.push(code) - 1;
    const type = optionsOf[name];
    this.#operators.push({
      opcodeIndex,
      inputs,
      outputs: [output],
      ...(type && { options: { type, ...options } }),
    });
    return output;
  }

  get operatorCount(): number {
    return this.#operators.length;
  }

  /** Tensors that some operator computed and none reads. */
  leaves(): number[] {
    const read = new Set(this.#operators.flatMap(({ inputs }) => inputs));
    return this.#operators.flatMap(({ outputs }) => outputs).filter((tensor) => !read.has(tensor));
  }

  build(inputs: number[], outputs: number[]): TfliteModel {
    const graph = { name: "main", tensors: this.tensors, inputs, outputs, operators: this.#operators };
    return {
      version: 3,
      description: "loam random graph",
      operatorCodes: this.#codes,
      subgraphs: [graph],
      buffers: this.#buffers,
      metadata: [],
    };
  }
}
