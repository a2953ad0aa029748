import * as tf from "@tensorflow/tfjs-core";
import type * as tfl from "@tensorflow/tfjs-layers";
import { Random } from "../lib/random.js";
import { UserError } from "../lib/errors.js";
import { silentProgress, type Progress } from "../lib/progress.js";
import type { SampleSet } from "../graph/sampleSet.js";
import { registerDilatedGradients } from "../tf/kernels/dilated.js";

export interface FineTuneOptions {
  epochs: number;
  batchSize?: number;
  /** Of Adam, falling to 0 along a cosine. Default 0.001. */
  learningRate?: number;
  /** Weight of the teacher's outputs relative to the labels', 0 to 1. Without labels it is 1. Default 0.7. */
  distillation?: number;
  seed?: number;
  progress?: Progress;
}

/** Samples of the model's inputs, and, if they are known, one-hot labels for its first output. */
export interface FineTuneData {
  inputs: SampleSet;
  labels?: tf.Tensor;
}

const tiny = 1e-7;

/** Cross-entropy of probabilities against wished ones, or, where outputs are no probabilities, their squared distance. */
function distance(wished: tf.Tensor, given: tf.Tensor, probabilities: boolean): tf.Scalar {
  if (!probabilities) return tf.mean<tf.Scalar>(tf.squaredDifference(wished, given));
  return tf.neg(tf.mean(tf.sum(tf.mul(wished, tf.log(tf.add(given, tiny))), -1))) as tf.Scalar;
}

/** Whether each row of an output sums to 1 with nothing below 0, as behind a softmax. */
function areProbabilities(output: tf.Tensor): boolean {
  return tf.tidy(
    () =>
      output.rank === 2 &&
      tf.min(output).dataSync()[0]! >= 0 &&
      tf.max(tf.abs(tf.sub(tf.sum(output, -1), 1))).dataSync()[0]! < 1e-3,
  );
}

/** Of the teacher's outputs, which are kept when they fit. */
const keptBytes = 64 * 2 ** 20;

type Wished = (rows: readonly number[], inputs: tf.Tensor[]) => tf.Tensor[];

/**
 * What the teacher says of samples: found out once where it fits into memory, else with each batch again.
 * @returns tensors of the rows in the order of the teacher's outputs, made inside of tf.tidy, and which outputs are probabilities
 */
async function teacherOf(
  teacher: tfl.LayersModel,
  samples: SampleSet,
  batchSize: number,
): Promise<{ wished: Wished; probabilities: boolean[]; dispose(): void }> {
  const predict = (inputs: tf.Tensor[]): tf.Tensor[] => [teacher.predict(inputs)].flat();
  const parts: tf.Tensor[][] = [];
  let [bytes, probabilities] = [0, undefined as boolean[] | undefined];
  for await (const batch of samples.batches(batchSize)) {
    const outputs = tf.tidy(() => predict(batch));
    parts.push(outputs);
    const here = outputs.map(areProbabilities);
    probabilities = probabilities?.map((before, i) => before && here[i]!) ?? here;
    bytes = outputs.reduce((sum, { size }) => sum + (4 * size * samples.count) / batch[0]!.shape[0], 0);
    if (bytes > keptBytes) break;
  }
  const isKept = bytes <= keptBytes;
  const kept = isKept ? parts[0]!.map((_, i) => tf.concat(parts.map((part) => part[i]!))) : [];
  tf.dispose(parts);
  return {
    probabilities: probabilities!,
    wished: (rows, inputs) => (isKept ? kept.map((each) => tf.gather(each, [...rows])) : predict(inputs)),
    dispose: () => tf.dispose(kept),
  };
}

/**
 * Fine-tunes a pruned model with the original as teacher (and the labels, if any). Changes the student's weights in place.
 * Batch normalizations go on learning their statistics.
 * @returns the mean loss of each epoch. @throws UserError when the loss is no longer a number.
 */
export async function fineTune(
  student: tfl.LayersModel,
  teacher: tfl.LayersModel,
  data: FineTuneData,
  options: FineTuneOptions,
): Promise<number[]> {
  const {
    epochs,
    batchSize = 32,
    learningRate = 1e-3,
    distillation = 0.7,
    seed = 1,
    progress = silentProgress,
  } = options;
  registerDilatedGradients();
  const { count } = data.inputs;
  const { wished, probabilities, dispose } = await teacherOf(teacher, data.inputs, batchSize);
  const share = data.labels ? distillation : 1;
  const optimizer = tf.train.adam(learningRate);
  const random = new Random(`fine-tune ${seed}`);
  const steps = Math.ceil(count / batchSize);
  const losses: number[] = [];
  const variables = student.trainableWeights.map((weight) => (weight as unknown as { val: tf.Variable }).val);
  for (let epoch = 0; epoch < epochs; epoch++) {
    const order = Array.from(random.order(count));
    let sum = 0;
    for (let step = 0; step < steps; step++) {
      // The optimizer reads its rate at every step.
      (optimizer as unknown as { learningRate: number }).learningRate =
        learningRate * 0.5 * (1 + Math.cos((Math.PI * (epoch * steps + step)) / (epochs * steps)));
      const rows = order.slice(step * batchSize, (step + 1) * batchSize);
      const x = await data.inputs.take(rows);
      const loss = tf.tidy(() => {
        const targets = wished(rows, x);
        const label = data.labels && tf.gather(data.labels, rows);
        return optimizer
          .minimize(
            () => {
              const given = [student.apply(x.length === 1 ? x[0]! : x, { training: true })].flat() as tf.Tensor[];
              const learned = tf.mul(
                tf.addN(targets.map((target, i) => distance(target, given[i]!, probabilities[i]!))),
                share,
              );
              return (
                label ? tf.add(learned, tf.mul(distance(label, given[0]!, probabilities[0]!), 1 - share)) : learned
              ) as tf.Scalar;
            },
            true,
            variables,
          )!
          .dataSync()[0]!;
      });
      tf.dispose(x);
      if (!Number.isFinite(loss))
        throw new UserError(
          `fine-tuning diverged in epoch ${epoch + 1}: the loss is ${loss}. Use a smaller learning rate than ${learningRate}`,
        );
      sum += loss * rows.length;
      progress.update(epoch * steps + step + 1, `loss ${loss.toFixed(4)}`);
      await tf.nextFrame();
    }
    losses.push(sum / count);
  }
  dispose();
  optimizer.dispose();
  return losses;
}
