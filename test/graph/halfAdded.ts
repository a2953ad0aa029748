/**
 * Operators with one fact missing. None of them may compile: `npm run build` fails when a line below is no error any more. Nothing runs this
 * file.
 */
import type {
  Descriptor,
  EngineRules,
  GraphRules,
  TflmRules,
  WeightedRule,
} from "tfjs-to-tflite/graph/operators/descriptor.js";
import type { Builtin } from "tfjs-to-tflite/graph/operators/index.js";
import type { LayerName } from "tfjs-to-tflite/graph/operators/layers.js";
import type { Translate } from "tfjs-to-tflite/convert/layers/types.js";

/** The facts of a T that may be left out. */
type Optional<T> = T extends unknown ? { [K in keyof T]-?: Omit<T, K> extends T ? K : never }[keyof T] : never;
/** There are none. One that is optional makes this `false`, which is not `true`. */
export const isWhole: [Optional<Descriptor | GraphRules | TflmRules | EngineRules | WeightedRule>] extends [never]
  ? true
  : false = true;

declare const withoutTflm: Omit<Descriptor, "tflm">;
// @ts-expect-error: a descriptor without one of its facts
export const descriptor: Descriptor = withoutTflm;

declare const withoutAdd: Omit<Record<Builtin, Descriptor>, "ADD">;
// @ts-expect-error: a name without a descriptor
export const table: Record<Builtin, Descriptor> = withoutAdd;

declare const withoutDense: Omit<Record<LayerName, Translate>, "Dense">;
// @ts-expect-error: a layer without a translator
export const layers: Record<LayerName, Translate> = withoutDense;
