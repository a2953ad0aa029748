import type { Descriptor } from "./descriptor.js";
import { secondForInt8 } from "./shared/version.js";

export const resizeBilinear: Descriptor = {
  code: 23,
  options: {
    type: "ResizeBilinear",
    union: 15,
    fields: [
      ["newHeight", "int32", 0],
      ["newWidth", "int32", 0],
      ["alignCorners", "bool", 0],
      ["halfPixelCenters", "bool", 0],
    ],
  },
  version: secondForInt8,
  macs: "none",
  graph: "read only",
  tflm: "not known",
  engine: "not in the engine",
};
