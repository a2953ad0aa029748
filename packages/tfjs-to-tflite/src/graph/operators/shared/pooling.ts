/** MAX_POOL_2D and AVERAGE_POOL_2D. */
import type * as tf from "@tensorflow/tfjs-core";
import type { OptionTable } from "../../../tflite/index.js";
import type { FloatRun, Generator, GraphRules, Tf, TflmRules } from "../descriptor.js";
import { about, activation } from "./random.js";
import { number, pad, strides } from "./run.js";
import { inputAndOutput } from "./tflm.js";
import { activationField, windowFields, windowOver } from "./window.js";

export const poolOptions: OptionTable = {
  type: "Pool2D",
  union: 5,
  fields: [...windowFields, ["filterW", "int32", 0], ["filterH", "int32", 0], activationField],
};

export const tflmPool: TflmRules = {
  parser: "ParsePool",
  options: [40, 4],
  inPlace: false,
  types: [],
  data: 32,
  prepare: inputAndOutput,
};

/** Slides over an image; the quantization of its input is its output's. */
export const pooling = {
  quantization: { kind: "same", requantize: "none", commutesWithClipping: false },
  error: { growth: 1, steps: 1 },
  fusesActivation: false,
  fusedAs: "never",
  commutesWithScale: true,
  decidedBefore: false,
} as const satisfies Partial<GraphRules>;

export const runPool =
  (compute: (tf: Tf) => Tf["maxPool"]): FloatRun =>
  (tf, node, value) =>
    compute(tf)(value(0) as tf.Tensor4D, [number(node, "filterH"), number(node, "filterW")], strides(node), pad(node));

export const randomPool =
  (name: "AVERAGE_POOL_2D" | "MAX_POOL_2D"): Generator =>
  (place) => {
    const { model, random, from } = place;
    const { shape, scale, zeroPoint } = about(place);
    if (shape.length !== 4) return undefined;
    const [filterH, filterW] = [random.int(1, 5), random.int(1, 5)];
    const window = windowOver(random, shape, filterH, filterW, false);
    if (!window) return undefined;
    const out = model.int8([shape[0]!, ...window.out, shape[3]!], scale, zeroPoint);
    return model.operator(name, [from], out, {
      ...window.options,
      filterH,
      filterW,
      fusedActivation: activation(random),
    });
  };
