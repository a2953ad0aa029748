import * as tf from "@tensorflow/tfjs-core";
import { UserError } from "../lib/errors.js";
import { isSource, sourceOf, type ArraySource } from "./arraySource.js";
import { sizeOf, type Graph, type GraphTensor } from "./graph.js";

type One = tf.Tensor | Float32Array | ArraySource;

/** Samples of a caller: one entry per input, shaped [samples, ...] or flat. */
export type Samples = One | readonly One[] | SampleSet;

/** Of all samples of an input. */
export interface InputFigures {
  min: number;
  max: number;
  /** Whether each sample is as the first one. */
  areSame: boolean;
}

interface Input {
  source: ArraySource;
  /** Of one sample. */
  shape: readonly number[];
}

/** Of what is read at once, without regard to what is done with it. */
const readNumbers = 2 ** 21;

/** Checked samples of a model's inputs, of which those are in memory that somebody asked for. */
export class SampleSet {
  readonly #inputs: readonly Input[];

  constructor(
    inputs: readonly Input[],
    /** How many there are. */
    readonly count: number,
    readonly figures: readonly InputFigures[],
  ) {
    this.#inputs = inputs;
  }

  /** Some samples in a row. @returns one tensor per input, [count, ...], which the caller disposes of */
  async slice(from: number, count: number): Promise<tf.Tensor[]> {
    const read = await Promise.all(
      this.#inputs.map(({ source, shape }) => source.read(from * sizeOf(shape), count * sizeOf(shape))),
    );
    return read.map((data, i) => tf.tensor(data, [count, ...this.#inputs[i]!.shape], "float32"));
  }

  /** Some samples by their numbers. @returns one tensor per input, [rows, ...], which the caller disposes of */
  async take(rows: readonly number[]): Promise<tf.Tensor[]> {
    const tensors: tf.Tensor[] = [];
    for (const { source, shape } of this.#inputs) {
      const each = sizeOf(shape);
      const data = new Float32Array(rows.length * each);
      for (const [i, row] of rows.entries()) data.set(await source.read(row * each, each), i * each);
      tensors.push(tf.tensor(data, [rows.length, ...shape], "float32"));
    }
    return tensors;
  }

  /** So many of them at most, evenly spread; the caller disposes of them. */
  some(most: number): Promise<tf.Tensor[]> {
    const few = this.thinned(most);
    return few.slice(0, few.count);
  }

  /** So many of them at most, evenly spread, as a set of their own. */
  thinned(most: number): SampleSet {
    if (this.count <= most) return this;
    const every = Math.floor(this.count / most);
    const inputs = this.#inputs.map(({ source, shape }): Input => {
      const each = sizeOf(shape);
      const read = async (from: number, numbers: number): Promise<Float32Array> => {
        const data = new Float32Array(numbers);
        for (let at = 0; at < numbers; at += each)
          data.set(await source.read(((from + at) / each) * every * each, each), at);
        return data;
      };
      return { shape, source: { length: most * each, read } };
    });
    return new SampleSet(inputs, most, this.figures);
  }

  /** All of them, so many at a time. Each batch is disposed of when the next one is asked for. */
  async *batches(size: number): AsyncGenerator<tf.Tensor[]> {
    for (let from = 0; from < this.count; from += size) {
      const batch = await this.slice(from, Math.min(size, this.count - from));
      try {
        yield batch;
      } finally {
        tf.dispose(batch);
      }
    }
  }
}

/** A tensor's numbers, taken from the backend piece by piece. */
const sourceOfTensor = (tensor: tf.Tensor): ArraySource => ({
  length: tensor.size,
  shape: tensor.shape,
  async read(from, count) {
    const part = tf.tidy(() => tf.slice(tf.reshape(tf.cast(tensor, "float32"), [tensor.size]), [from], [count]));
    try {
      return (await part.data()) as Float32Array;
    } finally {
      part.dispose();
    }
  },
});

function asSource(given: One): ArraySource {
  if (given instanceof tf.Tensor) return sourceOfTensor(given);
  return given instanceof Float32Array ? sourceOf(given) : given;
}

/** Reads all samples of an input. @throws UserError naming the sample with a number that is not finite, or names no row of a table */
async function figuresOf(
  { name, below }: GraphTensor,
  { source, shape }: Input,
  origin: string,
): Promise<InputFigures> {
  const each = sizeOf(shape);
  const first = (await source.read(0, each)).slice();
  let [min, max, areSame] = [Infinity, -Infinity, true];
  const size = each * Math.max(1, Math.floor(readNumbers / each));
  for (let from = 0; from < source.length; from += size) {
    const data = await source.read(from, Math.min(size, source.length - from));
    for (let i = 0; i < data.length; i++) {
      const value = data[i]!;
      const sample = (): string =>
        `${origin} holds ${value} in sample ${Math.floor((from + i) / each)} of input "${name}"`;
      if (!Number.isFinite(value)) throw new UserError(`${sample()}; every number must be finite`);
      if (below !== undefined && !(Number.isInteger(value) && value >= 0 && value < below))
        throw new UserError(
          `${sample()}; its numbers name rows of a table (an Embedding): whole numbers from 0 to ${below - 1}`,
        );
      if (value < min) min = value;
      if (value > max) max = value;
      if (areSame) areSame = value === first[i % each];
    }
  }
  return { min, max, areSame };
}

/** @throws UserError when there are none, or their shape is not the input's */
function inputOf({ name, shape }: GraphTensor, source: ArraySource, origin: string): Input {
  const each = sizeOf(shape);
  const expected = `input "${name}" takes samples of [${shape.slice(1).join(", ")}], ${each} numbers each`;
  if (source.length === 0)
    throw new UserError(
      `${origin} is empty; ${expected}, and calibration needs at least one sample, preferably 100 or more`,
    );
  const own = source.shape;
  const fits = own
    ? own.length === shape.length && own.slice(1).every((n, axis) => n === shape[axis + 1])
    : source.length % each === 0;
  if (!fits)
    throw new UserError(`${origin} has ${own ? `shape [${own.join(", ")}]` : `${source.length} numbers`}; ${expected}`);
  return { source, shape: shape.slice(1) };
}

/**
 * Samples in the order of the graph's inputs, all of which are read once to check them. A set is one already.
 * @param origin what errors call them
 * @throws UserError when there are none, their number or shape is wrong, or one is not a finite number.
 */
export async function sampleSetOf(graph: Graph, given: Samples, origin = "the calibration set"): Promise<SampleSet> {
  if (given instanceof SampleSet) return given;
  const isOne = given instanceof tf.Tensor || given instanceof Float32Array || isSource(given);
  const sources = (isOne ? [given] : given).map(asSource);
  if (sources.length !== graph.inputs.length)
    throw new UserError(
      `${origin} has samples for ${sources.length} inputs, but the model has ${graph.inputs.length}: ${graph.inputs.map((i) => graph.tensors[i]!.name).join(", ")}`,
    );
  const tensors = graph.inputs.map((index) => graph.tensors[index]!);
  const inputs = tensors.map((tensor, i) => inputOf(tensor, sources[i]!, origin));
  const figures: InputFigures[] = [];
  for (const [i, tensor] of tensors.entries()) figures.push(await figuresOf(tensor, inputs[i]!, origin));
  const counts = inputs.map(({ source, shape }) => source.length / sizeOf(shape));
  if (counts.some((count) => count !== counts[0]))
    throw new UserError(
      `${origin} has ${counts.join(", ")} samples for the model's inputs; all inputs need the same number`,
    );
  return new SampleSet(inputs, counts[0]!, figures);
}
