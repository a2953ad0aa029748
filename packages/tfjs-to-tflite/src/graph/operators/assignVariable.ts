import { kernel, temps } from "./shared/tflm.js";
import { variables } from "./shared/variables.js";

export const assignVariable = variables(
  144,
  { type: "AssignVariable", union: 113, fields: [] },
  kernel(
    "ParseAssignVariable",
    "none",
    "none",
    ({ inputs: [handle = -1, value = -1] }) => [
      ...temps(value),
      ...(value >= 0 ? [{ variable: handle, like: value }] : []),
    ],
    "any",
  ),
);
