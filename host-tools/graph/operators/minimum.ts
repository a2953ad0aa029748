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

export const minimum: Descriptor = {
  code: 57,
  options: extremumOptions,
  version: extremumVersion,
  macs: "none",
  graph: { ...extremum, run: binary((tf, a, b) => tf.minimum(a, b)), layers: { Minimum: "elementwise" } },
  tflm: tflmExtremum("ParseMinimum"),
  engine: { tiny: tinyExtrema, random: randomExtremum("MINIMUM"), suite: 2, desktop: "the same" },
};
