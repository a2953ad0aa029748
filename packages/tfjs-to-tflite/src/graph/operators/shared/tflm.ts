/** What the kernels of TensorFlow Lite Micro have in common in what they take from its arena. */
import type { TfliteOperator, TfliteTensor } from "../../../tflite/index.js";
import { sizeOf } from "../../shape.js";
import type { Take, TflmRules } from "../descriptor.js";

/** The temporary TfLiteTensors of inputs and outputs, in the order the kernel asks for them; optional inputs that are left out cost nothing. */
export const temps = (...indices: (number | undefined)[]): Take[] =>
  indices.filter((index) => index !== undefined && index >= 0).map((index) => ({ temp: index! }));

export const inputsThenOutput = ({ inputs, outputs }: TfliteOperator): Take[] => temps(...inputs, outputs[0]);
export const inputAndOutput = ({ inputs, outputs }: TfliteOperator): Take[] => temps(inputs[0], outputs[0]);

/** Of a kernel that allocates nothing. */
export const nothing = (): Take[] => [];

/** The shape of an input or output; [] of one that is left out, as in a broken model. */
export const shapeOf = (tensors: readonly TfliteTensor[], index: number | undefined): readonly number[] =>
  tensors[index ?? -1]?.shape ?? [];

/** The dimensions of a tensor, where the kernel writes them anew: their number, and each. */
export const dimensions = (shape: readonly number[]): Take => ({ persistent: 4 + 4 * shape.length });

/** Multipliers and shifts of every channel, 4 bytes each. */
export const channels = (count: number): Take[] => [{ persistent: 4 * count }, { persistent: 4 * count }];

const typeOf = (tensors: readonly TfliteTensor[], index: number | undefined): string | undefined =>
  tensors[index ?? -1]?.type;

export const isInt16 = (tensors: readonly TfliteTensor[], index: number | undefined): boolean =>
  typeOf(tensors, index) === "INT16";

/** Weights of int4, unpacked to a byte each while the kernel runs. */
export const unpacked = (tensors: readonly TfliteTensor[], weights: number | undefined): Take[] =>
  typeOf(tensors, weights) === "INT4" ? [{ scratch: sizeOf(shapeOf(tensors, weights)) }] : [];

/** The rules of a kernel that does not work in place. */
export const kernel = (
  parser: string,
  options: TflmRules["options"],
  data: TflmRules["data"],
  prepare: TflmRules["prepare"],
  types: TflmRules["types"] = [],
): TflmRules => ({ parser, options, inPlace: false, types, data, prepare });

/** MEAN and SUM: sums of int8 or int16, where the walk over the input is, and which axes are reduced. */
export function prepareSum(
  { inputs: [input, axis], outputs: [output] }: TfliteOperator,
  tensors: readonly TfliteTensor[],
): Take[] {
  const shape = (tensor: number | undefined) => shapeOf(tensors, tensor);
  const int8 = typeOf(tensors, input) === "INT8";
  const scratch = [
    ...(int8 || isInt16(tensors, input) ? [4 * sizeOf(shape(output))] : []),
    4 * shape(input).length,
    4 * sizeOf(shape(axis)),
  ];
  return [
    ...temps(input, output, axis),
    ...scratch.map((bytes) => ({ scratch: bytes })),
    ...temps(input, axis, int8 ? output : undefined),
  ];
}
