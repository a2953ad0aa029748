/** Where in a model something is said of: its operators, with their numbers, names and types. */
import type { Subgraph, TensorType, TfliteModel, TfliteOperator, TfliteTensor } from "tfjs-to-tflite/tflite/index.js";
import { allSubgraphs, isConstant, operatorNames } from "./graph.js";

export interface Place {
  name: string;
  /** Those of other subgraphs are written "1/#0". */
  number: string;
  graph: Subgraph;
  operator: TfliteOperator;
  index: number;
  isMain: boolean;
}

/** All operators, subgraph after subgraph. @throws UserError when the model names tensors or operator codes that are not there */
export const placesOf = (model: TfliteModel): Place[] =>
  allSubgraphs(model).flatMap((graph, subgraph) =>
    operatorNames(model, graph).map((name, index): Place => {
      const number = `${subgraph === 0 ? "" : `${subgraph}/`}#${index}`;
      return { name, number, graph, operator: graph.operators[index]!, index, isMain: subgraph === 0 };
    }),
  );

/** Undefined for an input that is left out. */
export const inputOf = ({ graph, operator }: Place, input: number): TfliteTensor | undefined =>
  graph.tensors[operator.inputs[input] ?? -1];

/** Which input the data is, of operators that read something else as well: places, a condition, a shape. */
const dataInputs: Readonly<Record<string, number>> = {
  EMBEDDING_LOOKUP: 1,
  FILL: 1,
  GATHER: 0,
  GATHER_ND: 0,
  IF: 0,
  SELECT: 1,
  SELECT_V2: 1,
  SPLIT: 1,
  TRANSPOSE_CONV: 2,
};

/** The type whose data an operator reads: that of its first computed input where no other is known; undefined without inputs. */
export function dataType(model: TfliteModel, place: Place): TensorType | undefined {
  const known = dataInputs[place.name];
  if (known !== undefined) return inputOf(place, known)?.type;
  const tensors = place.operator.inputs.flatMap((input) => place.graph.tensors[input] ?? []);
  return (tensors.find((tensor) => !isConstant(model, tensor)) ?? tensors[0])?.type;
}

/** Operators that take every type to another. */
export const converters: readonly string[] = ["QUANTIZE", "DEQUANTIZE", "CAST"];

export const isCustom = ({ name }: Place): boolean => name.startsWith("CUSTOM");
/** The name of a custom operator in the file; undefined for another one. */
export const customName = (name: string): string | undefined => /^CUSTOM "(.*)"$/.exec(name)?.[1];

export const hasSparse = ({ graph, operator }: Place): boolean =>
  operator.inputs.some((input) => graph.tensors[input]?.isSparse);
export const sparse = "sparse weights, which neither backend reads: make them dense before converting";

/** Data behind the FlatBuffer, as a sentence, or none. */
export const outside = ({ outside: buffers = [] }: TfliteModel): string[] =>
  buffers.length === 0
    ? []
    : [
        `the data of buffer ${buffers.join(", ")} is behind the FlatBuffer, where neither backend reads it: npx loam plan MODEL --arena BYTES --out FILE writes it into it`,
      ];

/** What is said of operators, once for all of which the same is said. */
export class Said {
  readonly #said = new Map<string, { what: string; name: string; numbers: string[] }>();

  say(what: string, { name, number }: Place): void {
    const key = `${name}: ${what}`;
    const entry = this.#said.get(key) ?? { what, name, numbers: [] };
    this.#said.set(key, entry);
    entry.numbers.push(number);
  }

  lines(): string[] {
    return [...this.#said.values()].map(({ what, name, numbers }) => `${name} ${numbers.join(", ")}: ${what}`);
  }
}
