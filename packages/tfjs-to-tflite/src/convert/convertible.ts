import { opTable } from "./graphModel/index.js";
import { layerTable } from "./layers/index.js";

/** The layers that can be converted, and the ops of graph models, a line each. */
export const convertible = (): string[] => [
  ...Object.keys(layerTable),
  "",
  "Ops of graph models:",
  ...Object.keys(opTable),
];
