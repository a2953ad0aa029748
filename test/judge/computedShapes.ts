/** Shapes that exporters compute in the graph, and models with them. */
import type { ModelBuilder } from "tfjs-to-tflite/graph/modelBuilder.js";
import { sizeOf } from "tfjs-to-tflite/graph/shape.js";
import { readTflite } from "tfjs-to-tflite/graph/tflite.js";
import { tensorBytes } from "../../host-tools/inference/graph.js";
import { inferWith, InferenceSession, type Backend } from "../../host-tools/inference/index.js";

export type Arithmetic = "ADD" | "SUB" | "MUL" | "DIV" | "SQUARED_DIFFERENCE";

/** int32 tensors of a graph: lists, and numbers without a dimension. */
export class Shapes {
  constructor(readonly model: ModelBuilder) {}

  number = (value: number): number => this.model.tensor([], "INT32", undefined, Int32Array.of(value));

  shapeOf = (tensor: number): number => {
    const rank = this.model.tensors[tensor]!.shape.length;
    return this.model.operator("SHAPE", [tensor], this.model.tensor([rank], "INT32"), { outType: 2 });
  };

  at(list: number, index: number): number {
    const bounds = [index, index + 1, 1].map((value) => this.model.int32s([value]));
    return this.model.operator("STRIDED_SLICE", [list, ...bounds], this.model.tensor([], "INT32"), {
      shrinkAxisMask: 1,
    });
  }

  /** Elements `from` to, and without, `to`. */
  slice(list: number, from: number, to: number): number {
    const bounds = [from, to, 1].map((value) => this.model.int32s([value]));
    return this.model.operator("STRIDED_SLICE", [list, ...bounds], this.model.tensor([to - from], "INT32"));
  }

  pack(numbers: number[]): number {
    const list = this.model.tensor([numbers.length], "INT32");
    return this.model.operator("PACK", numbers, list, { valuesCount: numbers.length, axis: 0 });
  }

  arithmetic(name: Arithmetic, a: number, b: number): number {
    const shapes = [a, b].map((tensor) => this.model.tensors[tensor]!.shape);
    const shape = shapes.reduce((x, y) => (sizeOf(y) > sizeOf(x) || y.length > x.length ? y : x));
    return this.model.operator(name, [a, b], this.model.tensor(shape, "INT32"));
  }
}

export const inputOf = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => i * 7);

/** All outputs of models with one input, in two runs one after the other. */
export async function runTwice(backend: Backend, models: Uint8Array[]): Promise<string[][]> {
  const session = await InferenceSession.start(backend);
  try {
    const results: string[][] = [];
    for (const model of models) {
      const { inputs, tensors } = readTflite(model).subgraphs[0]!;
      const input = inputOf(tensorBytes(tensors[inputs[0]!]!));
      const runs = await inferWith(session, model, [[input], [input]]);
      results.push(runs.map(({ outputs }) => Buffer.concat(outputs).toString("hex")));
    }
    return results;
  } finally {
    session.close();
  }
}
