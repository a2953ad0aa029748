import { sizeOf } from "tfjs-to-tflite/graph/shape.js";
import { agreementOf, type Agreement } from "tfjs-to-tflite/convert/outputAgreement.js";
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
  data: Float32Array;
  shape?: readonly number[];
}

const knownSize = (shape: readonly (number | null)[]): number | undefined =>
  shape.includes(null) ? undefined : sizeOf(shape as readonly number[]);

/** How many samples there are, and each input's. @throws UserError when files and models do not go together */
function samplesOf(models: readonly NamedModel[], files: readonly SampleFile[]): [SampleInput[], number] {
  for (const { name, model } of models)
    if (model.inputs.length !== files.length)
      throw new UserError(
        `${name} has ${model.inputs.length} inputs (${model.inputs.map((input) => input.name).join(", ")}), but samples were given for ${files.length}: --data FILE once per input, in order`,
      );
  const counts = files.map(({ name, data, shape }, i) => {
    if (data.length === 0) throw new UserError(`${name} is empty: samples are [samples, ...]`);
    const sizes = models.map(({ model }) => knownSize(model.inputs[i]!.shape));
    const each = shape ? sizeOf(shape.slice(1)) : sizes.find((size) => size !== undefined);
    models.forEach(({ name: model }, which) => {
      const wanted = sizes[which];
      if (each === undefined || data.length % each !== 0 || (wanted !== undefined && wanted !== each))
        throw new UserError(
          `${name} has ${shape ? `shape [${shape.join(", ")}]` : `${data.length} numbers`}; input "${models[which]!.model.inputs[i]!.name}" of ${model} takes [samples, ${models[which]!.model.inputs[i]!.shape.map((size) => size ?? "free").join(", ")}]`,
        );
    });
    const bad = data.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) throw new UserError(`${name} holds ${data[bad]} in sample ${Math.floor(bad / each!)}`);
    return data.length / each!;
  });
  if (counts.some((count) => count !== counts[0]))
    throw new UserError(`--data: ${counts.join(", ")} samples; every input needs as many as the others`);
  return [files.map(({ data, shape }) => ({ data, ...(shape && { shape: shape.slice(1) }) })), counts[0]!];
}

/** The class of each sample, from numbers or from rows with one number for each class. @throws UserError when there are not as many as samples */
function classesOf({ name, data, shape }: SampleFile, samples: number): ArrayLike<number> {
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

/** Runs both models on the samples. @throws UserError when samples, labels or outputs do not go together */
export async function compareModels(
  first: NamedModel,
  second: NamedModel,
  files: readonly SampleFile[],
  labels?: SampleFile,
): Promise<Agreement> {
  const [inputs, samples] = samplesOf([first, second], files);
  const classes = labels && classesOf(labels, samples);
  const [truth, given] = [await first.model.run(inputs, samples), await second.model.run(inputs, samples)];
  const sizes = [truth, given].map((values) => values.map(({ length }) => length / samples).join(", "));
  if (sizes[0] !== sizes[1])
    throw new UserError(
      `the models give different outputs: ${described(first)} gives ${sizes[0]} numbers a sample, ${described(second)} ${sizes[1]}`,
    );
  return agreementOf(first.model.outputs, truth, given, samples, classes);
}
