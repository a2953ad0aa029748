/** RESIZE_BILINEAR and RESIZE_NEAREST_NEIGHBOR, which loam reads in files but never writes. */
import type { OptionTable } from "../../../tflite/index.js";
import type { Descriptor } from "../descriptor.js";
import { secondForInt8 } from "./version.js";

/** @param options without the two fields at the end of both tables */
export const resize = (code: number, { type, union, fields }: OptionTable): Descriptor => ({
  code,
  options: { type, union, fields: [...fields, ["alignCorners", "bool", 0], ["halfPixelCenters", "bool", 0]] },
  version: secondForInt8,
  macs: "none",
  graph: "read only",
  tflm: "not known",
  engine: "not in the engine",
});
