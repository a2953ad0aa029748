import type { Builtin } from "./operators/index.js";

/** Operators that do to each element, or to each pair of elements, what they do wherever it stands. */
export const elementwise: ReadonlySet<Builtin> = new Set<Builtin>([
  "ABS",
  "ADD",
  "DIV",
  "ELU",
  "HARD_SWISH",
  "LEAKY_RELU",
  "LOGISTIC",
  "MAXIMUM",
  "MINIMUM",
  "MUL",
  "RELU",
  "RELU6",
  "SUB",
  "TANH",
]);
