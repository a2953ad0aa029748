import { resize } from "./shared/resize.js";

export const resizeNearestNeighbor = resize(97, { type: "ResizeNearestNeighbor", union: 74, fields: [] });
