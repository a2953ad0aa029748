import type { Descriptor } from "./descriptor.js";
import {
  extremum,
  extremumOptions,
  extremumVersion,
  randomExtremum,
  tflmExtremum,
  tinyExtrema,
} from "./shared/extremum.js";
import { binary } from "./shared/run.js";

export const maximum: Descriptor = {
  code: 55,
  options: extremumOptions,
  version: extremumVersion,
  macs: "none",
  graph: { ...extremum, run: binary((tf, a, b) => tf.maximum(a, b)), layers: { Maximum: "elementwise" } },
  tflm: tflmExtremum("ParseMaximum"),
  engine: { tiny: tinyExtrema, random: randomExtremum("MAXIMUM"), suite: 2, desktop: "the same" },
};
