import type * as tf from "@tensorflow/tfjs-core";
import { UserError } from "../lib/errors.js";
import type { Graph } from "../graph/graph.js";

/** Fewer cannot say which values are rare, nor which of two ranges is better at the outputs. */
export const fewSamples = 20;

/** What of one input's samples no range can be measured on; undefined where they vary. */
function degeneracy(samples: tf.Tensor): string | undefined {
  const data = samples.dataSync() as Float32Array;
  const [count] = samples.shape as [number, ...number[]];
  const [first] = data as unknown as [number];
  if (data.every((value) => value === first))
    return first === 0 ? "every number is 0" : `every number is ${Number(first.toPrecision(6))}`;
  if (count === 1) return "there is one sample only";
  const each = data.length / count;
  return data.every((value, i) => value === data[i % each]) ? `all ${count} samples are the same` : undefined;
}

/**
 * The ranges of all activations are measured on the samples: from samples that do not vary comes a model that fails on every other input, in silence.
 * @param samples one tensor per input, [samples, ...] @throws UserError naming the input, what is wrong with its samples, and what would be right
 */
export function requireVaried(graph: Graph, samples: readonly tf.Tensor[]): void {
  samples.forEach((sample, which) => {
    const wrong = degeneracy(sample);
    if (wrong)
      throw new UserError(
        `the calibration set: of input "${graph.tensors[graph.inputs[which]!]!.name}" ${wrong}. int8 ranges are measured on these samples: give 100 or more that differ, like those in the field; --force converts with these all the same`,
      );
  });
}
