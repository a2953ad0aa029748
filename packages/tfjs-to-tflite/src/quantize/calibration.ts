import { UserError } from "../lib/errors.js";
import type { Graph } from "../graph/graph.js";
import type { InputFigures, SampleSet } from "../graph/sampleSet.js";

/** Fewer cannot say which values are rare, nor which of two ranges is better at the outputs. */
export const fewSamples = 20;

/** What of one input's samples no range can be measured on; undefined where they vary. */
function degeneracy({ min, max, areSame }: InputFigures, count: number): string | undefined {
  if (min === max) return min === 0 ? "every number is 0" : `every number is ${Number(min.toPrecision(6))}`;
  if (count === 1) return "there is one sample only";
  return areSame ? `all ${count} samples are the same` : undefined;
}

/**
 * The ranges of all activations are measured on the samples: from samples that do not vary comes a model that fails on every other input, in silence.
 * @throws UserError naming the input, what is wrong with its samples, and what would be right
 */
export function requireVaried(graph: Graph, { count, figures }: SampleSet): void {
  figures.forEach((each, which) => {
    const wrong = degeneracy(each, count);
    if (wrong)
      throw new UserError(
        `the calibration set: of input "${graph.tensors[graph.inputs[which]!]!.name}" ${wrong}. int8 ranges are measured on these samples: give 100 or more that differ, like those in the field; --force converts with these all the same`,
      );
  });
}
