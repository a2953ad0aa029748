import { kernel, nothing } from "./shared/tflm.js";
import { variables } from "./shared/variables.js";

export const callOnce = variables(
  129,
  { type: "CallOnce", union: 103, fields: [["initSubgraph", "int32", 0]] },
  kernel("ParseCallOnce", [4, 4], 8, nothing),
);
