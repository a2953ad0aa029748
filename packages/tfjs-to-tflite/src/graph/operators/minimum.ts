import { extremum } from "./shared/extremum.js";
import { binary } from "./shared/run.js";

export const minimum = extremum("MINIMUM", {
  code: 57,
  parser: "ParseMinimum",
  run: binary((tf, a, b) => tf.minimum(a, b)),
  layers: { Minimum: "elementwise" },
});
