/** SPLIT, SPLIT_V and UNPACK: parts of a tensor along one axis. */
import type { Options } from "../../types.js";
import type { ModelUnderConstruction, Place } from "../descriptor.js";
import type { Builtin } from "../names.js";
import { about } from "./random.js";

/** Adds the operator; all parts go into the pool, one of them is returned. */
export function addParts(
  place: Place,
  name: Builtin,
  inputs: number[],
  shapes: readonly (readonly number[])[],
  options: Options,
): number {
  const { model, random, pool } = place;
  const { scale, zeroPoint } = about(place);
  const outputs = shapes.map((shape) => model.int8(shape, scale, zeroPoint));
  model.statement(name, inputs, outputs, options);
  const made = random.pick(outputs);
  pool.push(...outputs.filter((output) => output !== made));
  return made;
}

/** Pairs of tensors as a tiny graph: [2, 4] in two of [2, 2], or in what `shapes` says. */
export function tinyParts(
  model: ModelUnderConstruction,
  name: Builtin,
  inputs: (data: number) => number[],
  shapes: readonly (readonly number[])[],
  options: Options,
): { inputs: number[]; outputs: number[] } {
  const data = model.int8([2, 4, 3], 0.05, 3);
  const outputs = shapes.map((shape) => model.int8(shape, 0.05, 3));
  model.statement(name, inputs(data), outputs, options);
  return { inputs: [data], outputs };
}
