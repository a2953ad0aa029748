import { selected } from "./shared/comparison.js";
import { engineOnly } from "./shared/engineOnly.js";
import { moves } from "./shared/graphRules.js";
import { inputsThenOutput, kernel } from "./shared/tflm.js";

const condition = { type: "BOOL", quantization: undefined, data: Uint8Array.of(1, 0, 0, 1, 1, 0) } as const;

export const selectV2 = engineOnly({
  code: 123,
  options: { type: "SelectV2", union: 98, fields: [] },
  tflm: kernel("ParseSelectV2", "none", 1, inputsThenOutput, ["BOOL"]),
  version: () => 1,
  tiny: [
    [[{ ...condition, shape: [2, 3] }, { shape: [2, 3] }, { shape: [2, 3] }], { shape: [2, 3] }],
    [[{ ...condition, shape: [2, 3] }, { shape: [4, 1, 1] }, { shape: [3] }], { shape: [4, 2, 3] }],
  ],
  random: (place) => selected(place, place.random.pick(["LESS", "GREATER_EQUAL", "NOT_EQUAL"] as const)),
  suite: 3,
  graph: {
    ...moves,
    quantization: { kind: "same", requantize: "fixed inputs", commutesWithClipping: true },
    run: (tf, _, value) => tf.where(value(0), value(1), value(2)),
    layers: { ThresholdedReLU: "same" },
  },
});
