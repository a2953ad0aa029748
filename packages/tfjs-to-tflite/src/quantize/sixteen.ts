import { UserError } from "../lib/errors.js";
import type { Graph } from "../graph/graph.js";
import { operators, type Builtin } from "../graph/operators/index.js";

/** Whether TensorFlow Lite Micro, and loam's engine with it, has a kernel for activations of int16. */
function hasInt16(op: Builtin): boolean {
  const { engine } = operators[op];
  return typeof engine === "object" && engine.types.includes("int16");
}

/** @throws UserError naming the first layer with an operator that has no kernel for activations of int16, and how many others there are */
export function requireInt16(graph: Graph): void {
  const without = graph.nodes.filter(({ op }) => !hasInt16(op));
  const [first] = without;
  if (!first) return;
  const layers = new Set(without.map(({ layer }) => layer)).size;
  const names = [...new Set(without.map(({ op }) => op))].join(", ");
  throw new UserError(
    `layer "${first.layer}" (${first.op}): TensorFlow Lite Micro has no kernel with activations of int16 for it${layers > 1 ? `, nor for ${layers - 1} more layer${layers > 2 ? "s" : ""} (${names} in all)` : ""}. Leave out --activations int16, so that they are int8, or replace ${layers > 1 ? "these layers" : "this layer"}`,
  );
}
