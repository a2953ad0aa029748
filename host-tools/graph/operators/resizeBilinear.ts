import { resize } from "./shared/resize.js";

export const resizeBilinear = resize(23, {
  type: "ResizeBilinear",
  union: 15,
  fields: [
    ["newHeight", "int32", 0],
    ["newWidth", "int32", 0],
  ],
});
