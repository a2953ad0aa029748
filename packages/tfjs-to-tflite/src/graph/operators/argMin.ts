import { argument } from "./shared/argument.js";

export const argMin = argument("ARG_MIN", 79, { type: "ArgMin", union: 57, fields: [["outputType", "int8", 0]] });
