import { variables } from "./shared/variables.js";

export const varHandle = variables(142, {
  type: "VarHandle",
  union: 111,
  fields: [
    ["container", "text"],
    ["sharedName", "text"],
  ],
});
