import { variables } from "./shared/variables.js";

export const assignVariable = variables(144, { type: "AssignVariable", union: 113, fields: [] });
