import type { Quantization, Subgraph, TensorType, TfliteModel, TfliteOperator, TfliteTensor } from "../tflite/index.js";
import type { ModelUnderConstruction } from "./operators/descriptor.js";
import type { Options } from "./types.js";
import { operators, type Builtin } from "./operators/index.js";

/** A model under construction. Tensors are identified by index. */
export class ModelBuilder implements ModelUnderConstruction {
  readonly tensors: TfliteTensor[] = [];
  readonly #buffers: Uint8Array[] = [new Uint8Array()];
  readonly #codes: TfliteModel["operatorCodes"] = [];
  readonly #operators: Subgraph["operators"] = [];
  /** What CALL_ONCE runs. */
  readonly #initial: Subgraph = { name: "initial", tensors: [], inputs: [], outputs: [], operators: [] };

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
    this.statement(name, inputs, [output], options);
    return output;
  }

  statement(name: Builtin, inputs: number[], outputs: number[], options: Options = {}): void {
    const type = (tensor: number | undefined) => this.tensors[tensor ?? -1]?.type ?? "INT8";
    this.#operators.push(this.#made(name, inputs, outputs, options, type(inputs[0]), type(outputs[0])));
  }

  variable(name: string, initial?: TfliteTensor & { data: Uint8Array }): number {
    const options = { sharedName: name };
    const handle = this.tensor([], "RESOURCE");
    this.statement("VAR_HANDLE", [], [handle], options);
    if (initial) {
      const { data, ...tensor } = initial;
      const { tensors, operators } = this.#initial;
      const [at, value] = [tensors.length, tensors.length + 1];
      tensors.push({ name, shape: [], type: "RESOURCE", buffer: 0 });
      tensors.push({ ...tensor, buffer: this.#buffers.push(data) - 1 });
      operators.push(this.#made("VAR_HANDLE", [], [at], options), this.#made("ASSIGN_VARIABLE", [at, value], [], {}));
    }
    return handle;
  }

  #made(
    name: Builtin,
    inputs: number[],
    outputs: number[],
    options: Options,
    input: TensorType = "INT8",
    output: TensorType = "INT8",
  ): TfliteOperator {
    const { code, options: table, version } = operators[name];
    const used = version({ input, output, options });
    let opcodeIndex = this.#codes.findIndex((known) => known.builtinCode === code && known.version === used);
    if (opcodeIndex < 0) opcodeIndex = this.#codes.push({ builtinCode: code, version: used }) - 1;
    return { opcodeIndex, inputs, outputs, ...(table !== "none" && { options: { type: table.type, ...options } }) };
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
    const sets = this.#initial.operators.length > 0;
    const operators = sets
      ? [this.#made("CALL_ONCE", [], [], { initSubgraph: 1 }), ...this.#operators]
      : this.#operators;
    const graph = { name: "main", tensors: this.tensors, inputs, outputs, operators };
    return {
      version: 3,
      description: "made by loam",
      operatorCodes: this.#codes,
      subgraphs: sets ? [graph, this.#initial] : [graph],
      buffers: this.#buffers,
      metadata: [],
    };
  }
}
