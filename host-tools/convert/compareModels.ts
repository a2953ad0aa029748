import { sizeOf } from "tfjs-to-tflite/graph/shape.js";
import { AgreementSum, type Agreement } from "tfjs-to-tflite/convert/outputAgreement.js";
import type { ArraySource } from "tfjs-to-tflite/graph/arraySource.js";
import type { Runnable, SampleInput } from "./runnable.js";
import { UserError } from "../lib/errors.js";

/** A model and what it is called in errors. */
export interface NamedModel {
  name: string;
  model: Runnable;
}

const described = ({ name, model }: NamedModel): string => `${name} (${model.outputs.join(", ")})`;

/** Samples of each input as files have them: [samples, ...], or without a shape. */
export interface SampleFile {
  name: string;
  source: ArraySource;
}

/** The class of each sample: a number, or a row with one number for each class. */
export interface LabelFile {
  name: string;
  data: Float32Array;
  shape?: readonly number[];
}

const knownSize = (shape: readonly (number | null)[]): number | undefined =>
  shape.includes(null) ? undefined : sizeOf(shape as readonly number[]);

interface Input {
  name: string;
  source: ArraySource;
  /** Numbers of a sample. */
  each: number;
}

/** How many samples there are, and each input's. @throws UserError when files and models do not go together */
function samplesOf(models: readonly NamedModel[], files: readonly SampleFile[]): [Input[], number] {
  for (const { name, model } of models)
    if (model.inputs.length !== files.length)
      throw new UserError(
        `${name} has ${model.inputs.length} inputs (${model.inputs.map((input) => input.name).join(", ")}), but samples were given for ${files.length}: --data FILE once per input, in order`,
      );
  const inputs = files.map(({ name, source }, i): Input => {
    const { length, shape } = source;
    if (length === 0) throw new UserError(`${name} is empty: samples are [samples, ...]`);
    const sizes = models.map(({ model }) => knownSize(model.inputs[i]!.shape));
    const each = shape ? sizeOf(shape.slice(1)) : sizes.find((size) => size !== undefined);
    models.forEach(({ name: model }, which) => {
      const wanted = sizes[which];
      if (each === undefined || length % each !== 0 || (wanted !== undefined && wanted !== each))
        throw new UserError(
          `${name} has ${shape ? `shape [${shape.join(", ")}]` : `${length} numbers`}; input "${models[which]!.model.inputs[i]!.name}" of ${model} takes [samples, ${models[which]!.model.inputs[i]!.shape.map((size) => size ?? "free").join(", ")}]`,
        );
    });
    return { name, source, each: each! };
  });
  const counts = inputs.map(({ source, each }) => source.length / each);
  if (counts.some((count) => count !== counts[0]))
    throw new UserError(`--data: ${counts.join(", ")} samples; every input needs as many as the others`);
  return [inputs, counts[0]!];
}

/** Some samples in a row. @throws UserError for numbers that are none */
async function partOf({ name, source, each }: Input, from: number, count: number): Promise<SampleInput> {
  const data = await source.read(from * each, count * each);
  const bad = data.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) throw new UserError(`${name} holds ${data[bad]} in sample ${from + Math.floor(bad / each)}`);
  return { data, ...(source.shape && { shape: source.shape.slice(1) }) };
}

/** The class of each sample, from numbers or from rows with one number for each class. @throws UserError when there are not as many as samples */
function classesOf({ name, data, shape }: LabelFile, samples: number): ArrayLike<number> {
  if (shape?.length === 2 && shape[0] === samples && shape[1]! > 1) {
    const size = shape[1]!;
    return Array.from({ length: samples }, (_, i) => {
      const row = data.subarray(i * size, (i + 1) * size);
      return row.indexOf(Math.max(...row));
    });
  }
  if (data.length !== samples)
    throw new UserError(`${name} has ${data.length} labels for ${samples} samples; one class number each is expected`);
  return data;
}

/** Samples that run first, from which it is known how large the outputs are. */
const firstSamples = 8;
/** Of inputs and outputs that are in memory at once, and how many samples at most. */
const [partBytes, mostSamples] = [32 * 2 ** 20, 4096];

/** Runs both models on the samples, some at a time. @param report is told of the share that is done @throws UserError when samples, labels or outputs do not go together */
export async function compareModels(
  first: NamedModel,
  second: NamedModel,
  files: readonly SampleFile[],
  labels?: LabelFile,
  report: (done: number) => void = () => undefined,
): Promise<Agreement> {
  const [inputs, samples] = samplesOf([first, second], files);
  const classes = labels && classesOf(labels, samples);
  const sum = new AgreementSum(first.model.outputs);
  for (let from = 0, size = firstSamples; from < samples;) {
    report(from / samples);
    const count = Math.min(size, samples - from);
    const given = await Promise.all(inputs.map((input) => partOf(input, from, count)));
    const [a, b] = [await first.model.run(given, count), await second.model.run(given, count)];
    const sizes = [a, b].map((values) => values.map(({ length }) => length / count).join(", "));
    if (sizes[0] !== sizes[1])
      throw new UserError(
        `the models give different outputs: ${described(first)} gives ${sizes[0]} numbers a sample, ${described(second)} ${sizes[1]}`,
      );
    sum.add(a, b, count, classes && Array.from({ length: count }, (_, i) => classes[from + i]!));
    from += count;
    const numbers = [...given.map(({ data }) => data), ...a, ...b].reduce((all, { length }) => all + length, 0);
    size = Math.max(1, Math.min(mostSamples, Math.floor((partBytes * count) / (4 * numbers))));
  }
  return sum.result();
}
