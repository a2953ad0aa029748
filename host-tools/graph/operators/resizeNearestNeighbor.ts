import type { Descriptor } from "./descriptor.js";
import { secondForInt8 } from "./shared/version.js";

export const resizeNearestNeighbor: Descriptor = {
  code: 97,
  options: {
    type: "ResizeNearestNeighbor",
    union: 74,
    fields: [
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
