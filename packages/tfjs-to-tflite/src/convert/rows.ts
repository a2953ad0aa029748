import { UserError } from "../lib/errors.js";
import type { Graph } from "../graph/graph.js";

/** What names rows of a table is int32, and nothing else reads it. @throws UserError naming the input and what else reads it */
export function checkRows({ inputs, outputs, tensors, nodes }: Graph): void {
  for (const input of inputs.filter((each) => tensors[each]!.type === "INT32")) {
    const other = nodes.find((node) => node.op !== "GATHER" && node.inputs.includes(input));
    if (other || outputs.includes(input))
      throw new UserError(
        `input "${tensors[input]!.name}": an Embedding takes its numbers, so that they are int32, and ${other ? `layer "${other.layer}" computes with them, too` : "the model gives them out again"}. Instead: an input of its own for each`,
      );
  }
}
