/** Functions of one number that TensorFlow Lite Micro has for float32 alone, and micro not at all: in a quantized graph they stay float32, with DEQUANTIZE and QUANTIZE around them. */
import type * as tfjs from "@tensorflow/tfjs-core";
import type { Descriptor, Tf } from "../descriptor.js";
import { activates } from "./graphRules.js";
import { unary } from "./run.js";
import { inputAndOutput, kernel } from "./tflm.js";
import { versions } from "./version.js";

/** @param parser in TensorFlow Lite Micro */
export const floatOnly = (
  code: number,
  options: Descriptor["options"],
  parser: string,
  compute: (tf: Tf, x: tfjs.Tensor) => tfjs.Tensor,
  layers: NonNullable<Exclude<Descriptor["graph"], string>>["layers"] = {},
): Descriptor => ({
  code,
  options,
  version: versions({ FLOAT32: 1 }),
  macs: "none",
  graph: { ...activates, run: unary(compute), quantization: { kind: "float" }, layers },
  tflm: kernel(parser, "none", "none", inputAndOutput, ["FLOAT32"]),
  engine: "not in the engine",
});
