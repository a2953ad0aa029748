import { kernel, nothing } from "./shared/tflm.js";
import { variables } from "./shared/variables.js";

export const varHandle = variables(
  142,
  {
    type: "VarHandle",
    union: 111,
    fields: [
      ["container", "text"],
      ["sharedName", "text"],
    ],
  },
  kernel("ParseVarHandle", [8, 4], 4, nothing, "any"),
);
