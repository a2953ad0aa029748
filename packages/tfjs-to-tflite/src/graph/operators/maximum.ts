import { extremum } from "./shared/extremum.js";
import { binary } from "./shared/run.js";

export const maximum = extremum("MAXIMUM", {
  code: 55,
  parser: "ParseMaximum",
  run: binary((tf, a, b) => tf.maximum(a, b)),
  layers: { Maximum: "elementwise" },
});
