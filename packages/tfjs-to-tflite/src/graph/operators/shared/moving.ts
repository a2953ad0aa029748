/** Operators that only move numbers: their output has the quantization of their input. */
import type { Builtin } from "../names.js";
import type { Options } from "../../types.js";
import type { Place } from "../descriptor.js";
import { about } from "./random.js";

/** Adds an operator that reads `from` and the other inputs. @returns its output, of the quantization of `from` */
export function moved(
  place: Place,
  name: Builtin,
  others: number[],
  shape: readonly number[],
  options: Options = {},
): number {
  const { scale, zeroPoint } = about(place);
  return place.model.operator(name, [place.from, ...others], place.model.int8(shape, scale, zeroPoint), options);
}

/** Whether there are so many numbers that graphs go on being small. */
export const isLarge = (shape: readonly number[]): boolean => shape.reduce((a, b) => a * b, 1) > 6000;
