import { argument } from "./shared/argument.js";

export const argMax = argument("ARG_MAX", 56, { type: "ArgMax", union: 40, fields: [["outputType", "int8", 0]] });
