/** ADD, SUB and MUL: two inputs with scales of their own, broadcasting, a fused activation. */
import { activationField } from "./window.js";
import type { OptionField } from "../../../tflite/index.js";
import type { Generator, GraphRules } from "../descriptor.js";
import { about, activation, operand, quantized, sane } from "./random.js";

/** Options of ADD and SUB. */
export const sumFields: readonly OptionField[] = [activationField, ["potScaleInt16", "bool", 1]];

/** What the three have in common in a Graph. */
export const arithmetic = {
  quantization: { kind: "free" },
  fusesActivation: true,
  fusedAs: "never",
  commutesWithScale: false,
  decidedBefore: false,
} as const satisfies Partial<GraphRules>;

/** @param outScale of the output, from the operands' scales */
export const randomArithmetic =
  (name: "ADD" | "SUB" | "MUL", outScale: (a: number, b: number) => number): Generator =>
  (place) => {
    const { model, random, from } = place;
    const { shape, scale } = about(place);
    if (shape.length > 4) return undefined;
    const other = operand(place, quantized, () => true);
    const otherScale = model.tensors[other]!.quantization!.scale[0]!;
    const out = model.int8(
      shape,
      sane(outScale(scale, otherScale) * random.logUniform(0.6, 3)),
      quantized(random).zeroPoint,
    );
    return model.operator(name, random.chance(0.5) ? [from, other] : [other, from], out, {
      fusedActivation: activation(random),
    });
  };
