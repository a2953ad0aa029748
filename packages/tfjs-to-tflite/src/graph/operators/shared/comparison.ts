/** Comparisons of two int8 tensors. What they say is bool, which SELECT_V2 makes int8 of. */
import type { Descriptor, Generator, GraphRules, Place } from "../descriptor.js";
import type { Builtin } from "../names.js";
import { engineOnly } from "./engineOnly.js";
import { about, operand, quantized } from "./random.js";
import { kernel, temps } from "./tflm.js";
import { secondForInt8 } from "./version.js";

/** Adds a comparison of `from` with another tensor. @returns its output, of the shape of `from` */
function compared(place: Place, name: Builtin): number {
  const { model, random, from } = place;
  const other = operand(place, quantized, () => true);
  const inputs = random.chance(0.5) ? [from, other] : [other, from];
  return model.operator(name, inputs, model.tensor(model.tensors[from]!.shape, "BOOL"));
}

/** One of two tensors of one quantization, as the comparison says. */
export function selected(place: Place, name: Builtin): number | undefined {
  const { model, random, from } = place;
  const { shape, scale, zeroPoint } = about(place);
  // Scales of 1 and more are refused.
  if (shape.length > 4 || scale >= 1) return undefined;
  const condition = compared({ ...place, pool: place.pool.filter((tensor) => isBelow1(place, tensor)) }, name);
  const alike = (tensor: number): boolean => {
    const { quantization } = model.tensors[tensor]!;
    return quantization!.scale[0] === scale && quantization!.zeroPoint[0] === zeroPoint;
  };
  const other = operand(place, () => ({ scale, zeroPoint }), alike);
  const values = random.chance(0.5) ? [from, other] : [other, from];
  return model.operator("SELECT_V2", [condition, ...values], model.int8(shape, scale, zeroPoint));
}

const isBelow1 = ({ model }: Place, tensor: number): boolean => model.tensors[tensor]!.quantization!.scale[0]! < 1;

const random =
  (name: Builtin): Generator =>
  (place) =>
    selected(place, name);

/** @param union of its options, which have no fields @param graph its rules, where layers become it */
export const comparison = (name: Builtin, code: number, type: string, union: number, graph?: GraphRules): Descriptor =>
  engineOnly({
    code,
    options: { type, union, fields: [] },
    tflm: kernel(`Parse${type}`, "none", 32, ({ inputs }) => temps(...inputs), ["BOOL"]),
    version: secondForInt8,
    tiny: [
      [[{ shape: [2, 3] }, { shape: [2, 3] }], { shape: [2, 3], type: "BOOL", quantization: undefined }],
      [[{ shape: [2, 1, 3] }, { shape: [4, 1] }], { shape: [2, 4, 3], type: "BOOL", quantization: undefined }],
    ],
    random: random(name),
    suite: 3,
    ...(graph && { graph }),
  });
