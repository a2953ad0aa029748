import { UserError } from "../../../lib/errors.js";
import type { GraphBuilder } from "../../builder.js";
import type { Attributes } from "../attributes.js";

/** A node of a graph model for its translator. */
export interface Place {
  builder: GraphBuilder;
  name: string;
  op: string;
  attributes: Attributes;
  /** Numbers of tensors in the builder's graph. */
  inputs: number[];
}

/** Adds a node's operators. @returns the number of its output tensor, or of each of them */
export type TranslateOp = (place: Place) => number | number[];

/** @throws UserError naming node and op, what cannot be converted, and the alternative. */
export function refuseNode({ name, op }: Pick<Place, "name" | "op">, what: string, instead: string): never {
  throw new UserError(`node "${name}" (${op}): ${what}. Instead: ${instead}`);
}

export const shapeOf = ({ builder, inputs }: Place, position = 0): number[] => builder.shape(inputs[position]!);

/** @throws UserError when an input that must be known is computed from the model's inputs. */
export function constantData(place: Place, position: number, what: string): Float32Array | Int32Array {
  const tensor = place.inputs[position];
  const { data } = place.builder.graph.tensors[tensor ?? -1] ?? {};
  return (
    data ??
    refuseNode(
      place,
      `its ${what} is computed from the model's inputs, TensorFlow Lite needs it as a constant`,
      `a model that was saved with a fixed ${what}`,
    )
  );
}

export const constantIntegers = (place: Place, position: number, what: string): number[] =>
  Array.from(constantData(place, position, what), Math.trunc);

export const isConstant = ({ builder, inputs }: Place, position: number): boolean =>
  builder.graph.tensors[inputs[position]!]!.data !== undefined;

/** Axes counted from the first. */
export const fromFirst = (axes: readonly number[], rank: number): number[] =>
  axes.map((axis) => (axis < 0 ? axis + rank : axis));

export function requireChannelsLast(place: Place): void {
  const format = place.attributes.text("data_format", "NHWC");
  if (format !== "NHWC" && format !== "NDHWC")
    refuseNode(
      place,
      `its data format is ${format}, TensorFlow Lite only has channels last`,
      "a model exported with data_format NHWC",
    );
}
