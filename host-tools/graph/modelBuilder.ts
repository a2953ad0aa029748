import type { Quantization, TensorType, TfliteModel, TfliteTensor } from "../tflite/index.js";
import type { ModelUnderConstruction } from "./operators/descriptor.js";
import type { Options } from "./types.js";
import { operators, type Builtin } from "./operators/index.js";

/** A model under construction. Tensors are identified by index. */
export class ModelBuilder implements ModelUnderConstruction {
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
  operator(name: Builtin, inputs: number[], output: number, options: Options = {}): number {
    const { code, options: table, version } = operators[name];
    const used = version({ input: this.tensors[inputs[0]!]!.type, output: this.tensors[output]!.type, options });
    let opcodeIndex = this.#codes.findIndex((known) => known.builtinCode === code && known.version === used);
    if (opcodeIndex < 0) opcodeIndex = this.#codes.push({ builtinCode: code, version: used }) - 1;
    this.#operators.push({
      opcodeIndex,
      inputs,
      outputs: [output],
      ...(table !== "none" && { options: { type: table.type, ...options } }),
    });
    return output;
  }

  get operatorCount(): number {
    return this.#operators.length;
  }

  /** Outputs of operators that no operator reads. */
  leaves(): number[] {
    const read = new Set(this.#operators.flatMap(({ inputs }) => inputs));
    return this.#operators.flatMap(({ outputs }) => outputs).filter((tensor) => !read.has(tensor));
  }

  build(inputs: number[], outputs: number[]): TfliteModel {
    const graph = { name: "main", tensors: this.tensors, inputs, outputs, operators: this.#operators };
    return {
      version: 3,
      description: "made by loam",
      operatorCodes: this.#codes,
      subgraphs: [graph],
      buffers: this.#buffers,
      metadata: [],
    };
  }
}
