import { variables } from "./shared/variables.js";

export const callOnce = variables(129, { type: "CallOnce", union: 103, fields: [["initSubgraph", "int32", 0]] });
