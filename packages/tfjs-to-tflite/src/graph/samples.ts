import * as tf from "@tensorflow/tfjs-core";
import { UserError } from "../lib/errors.js";
import { sizeOf, type Graph } from "./graph.js";

/** Calibration samples of a caller: one entry per input, shaped [samples, ...] or flat. */
export type Samples = tf.Tensor | Float32Array | readonly (tf.Tensor | Float32Array)[];

/**
 * Samples as tensors [samples, ...], in the order of the graph's inputs. The caller disposes of them.
 * @throws UserError when there are none, their number or shape is wrong, or one is not a finite number.
 */
export function samplesFor(graph: Graph, given: Samples, source = "the calibration set"): tf.Tensor[] {
  const list = (given instanceof tf.Tensor || given instanceof Float32Array ? [given] : given) as readonly (
    tf.Tensor | Float32Array
  )[];
  if (list.length !== graph.inputs.length)
    throw new UserError(
      `${source} has samples for ${list.length} inputs, but the model has ${graph.inputs.length}: ${graph.inputs.map((i) => graph.tensors[i]!.name).join(", ")}`,
    );
  const checked = graph.inputs.map((index, which) => {
    const { name, shape } = graph.tensors[index]!;
    const each = sizeOf(shape);
    const values = list[which]!;
    const data = values instanceof Float32Array ? values : (values.dataSync() as Float32Array);
    const expected = `input "${name}" takes samples of [${shape.slice(1).join(", ")}], ${each} numbers each`;
    if (data.length === 0)
      throw new UserError(
        `${source} is empty; ${expected}, and calibration needs at least one sample, preferably 100 or more`,
      );
    const fits =
      values instanceof Float32Array
        ? data.length % each === 0
        : values.rank === shape.length && values.shape.slice(1).every((n, axis) => n === shape[axis + 1]);
    if (!fits)
      throw new UserError(
        `${source} has ${values instanceof Float32Array ? `${data.length} numbers` : `shape [${values.shape.join(", ")}]`}; ${expected}`,
      );
    const bad = data.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0)
      throw new UserError(
        `${source} holds ${data[bad]} in sample ${Math.floor(bad / each)} of input "${name}"; every number must be finite`,
      );
    const { below } = graph.tensors[index]!;
    const outside =
      below === undefined ? -1 : data.findIndex((value) => !(Number.isInteger(value) && value >= 0 && value < below));
    if (outside >= 0)
      throw new UserError(
        `${source} holds ${data[outside]} in sample ${Math.floor(outside / each)} of input "${name}"; its numbers name rows of a table (an Embedding): whole numbers from 0 to ${below! - 1}`,
      );
    return { data, shape: [data.length / each, ...shape.slice(1)] };
  });
  const counts = checked.map(({ shape }) => shape[0]!);
  if (counts.some((count) => count !== counts[0]))
    throw new UserError(
      `${source} has ${counts.join(", ")} samples for the model's inputs; all inputs need the same number`,
    );
  return checked.map(({ data, shape }) => tf.tensor(data, shape, "float32"));
}
