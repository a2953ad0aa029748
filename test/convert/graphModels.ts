import type { GraphModel, GraphModelJson } from "tfjs-to-tflite/convert/graphModel/index.js";
import type { AttributeValue, NodeDef } from "tfjs-to-tflite/convert/graphModel/topology.js";
import { chanceOf } from "./randomModels.js";

type Attribute = number | boolean | string | readonly number[] | readonly string[] | AttributeValue;

const isTexts = (value: readonly unknown[]): value is readonly string[] => typeof value[0] === "string";

/** As protobuf's JSON has it: text in base64, integers as strings. */
function attribute(value: Attribute): AttributeValue {
  if (typeof value === "boolean") return { b: value };
  if (typeof value === "string") return { s: btoa(value) };
  if (typeof value === "number") return Number.isInteger(value) ? { i: String(value) } : { f: value };
  if (Array.isArray(value))
    return { list: isTexts(value) ? { s: value.map(btoa) } : { i: (value as number[]).map(String) } };
  return value as AttributeValue;
}

export const real = { type: "DT_FLOAT" } as const;
const integer = { type: "DT_INT32" } as const;

/** A graph model, made node by node; each method gives the name of what it adds. */
export class GraphModelMaker {
  readonly #nodes: NodeDef[] = [];
  readonly #weights: { name: string; shape: number[]; data: Float32Array | Int32Array }[] = [];
  readonly #chance = chanceOf(5);

  input(name: string, shape: readonly number[]): string {
    const dim = shape.map((size) => ({ size: String(size) }));
    return this.node("Placeholder", [], { dtype: real, shape: { shape: { dim } } }, name);
  }

  node(op: string, input: string[], attributes: Record<string, Attribute> = {}, name?: string): string {
    const called = name ?? `${op}_${this.#nodes.length}`;
    const attr = Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, attribute(value)]));
    this.#nodes.push({ name: called, op, input, attr: { T: real, ...attr } });
    return called;
  }

  constant(shape: number[], data: Float32Array | Int32Array): string {
    const name = this.node("Const", [], { dtype: data instanceof Float32Array ? real : integer });
    this.#weights.push({ name, shape, data });
    return name;
  }

  integers(...values: number[]): string {
    return this.constant([values.length], Int32Array.from(values));
  }

  whole(value: number): string {
    return this.constant([], Int32Array.of(value));
  }

  reals(shape: number[], low = -1, high = 1): string {
    const count = shape.reduce((a, b) => a * b, 1);
    return this.constant(
      shape,
      Float32Array.from({ length: count }, () => low + (high - low) * this.#chance.uniform()),
    );
  }

  /** @param outputs names in the signature, and what they stand for; without them there is no signature */
  model(outputs?: Record<string, string>): GraphModel {
    const weights = this.#weights.map(({ name, shape, data }) => ({
      name,
      shape,
      dtype: data instanceof Float32Array ? ("float32" as const) : ("int32" as const),
    }));
    const bytes = this.#weights.flatMap(({ data }) => [...new Uint8Array(data.buffer)]);
    const signature = outputs && {
      outputs: Object.fromEntries(
        Object.entries(outputs).map(([key, name]) => [key, { name: `${name}:0`.replace(/(:\d+):0$/, "$1") }]),
      ),
    };
    const json: GraphModelJson = {
      modelTopology: { node: this.#nodes, versions: { producer: 1 } },
      weightsManifest: [{ paths: ["weights.bin"], weights }],
      ...(signature && { signature }),
    };
    return { json, weights: [Uint8Array.from(bytes).buffer] };
  }
}
