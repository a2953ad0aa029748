import { variables } from "./shared/variables.js";

export const readVariable = variables(143, { type: "ReadVariable", union: 112, fields: [] });
