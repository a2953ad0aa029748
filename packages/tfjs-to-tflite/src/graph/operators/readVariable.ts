import { kernel, temps } from "./shared/tflm.js";
import { variables } from "./shared/variables.js";

export const readVariable = variables(
  143,
  { type: "ReadVariable", union: 112, fields: [] },
  kernel("ParseReadVariable", "none", "none", ({ inputs: [handle] }) => temps(handle), "any"),
);
