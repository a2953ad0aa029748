import type * as tf from "@tensorflow/tfjs-core";
import type * as tfl from "@tensorflow/tfjs-layers";
import type { Conversion } from "../../host-tools/convert/index.js";
import { infer, type InferOptions } from "../../host-tools/inference/index.js";

/** Each sample's part of a tensor [samples, ...]. */
export function rows(tensor: tf.Tensor): Float32Array[] {
  const data = tensor.dataSync() as Float32Array;
  const [count] = tensor.shape as [number];
  return Array.from({ length: count }, (_, i) =>
    data.slice((i * data.length) / count, ((i + 1) * data.length) / count),
  );
}

export const predict = (model: tfl.LayersModel, samples: tf.Tensor[]): tf.Tensor[] =>
  [model.predict(samples.length === 1 ? samples[0]! : samples)].flat();

/** Samples as the bytes that a converted model takes, [run][input]. */
export function toBytes({ summary }: Pick<Conversion, "summary">, samples: tf.Tensor[]): Uint8Array[][] {
  const inputs = samples.map((sample, which) => {
    const { type, scale, zeroPoint } = summary.inputs[which]!;
    const integer = (limit: number) => (value: number) =>
      Math.max(-limit, Math.min(limit - 1, Math.round(value / scale!) + zeroPoint!));
    const bytes: Record<string, (row: Float32Array) => ArrayBuffer> = {
      float32: (row) => row.slice().buffer,
      int32: (row) => Int32Array.from(row).buffer,
      int16: (row) => Int16Array.from(row, integer(32768)).buffer,
      int8: (row) => Int8Array.from(row, integer(128)).buffer,
    };
    return rows(sample).map((row) => new Uint8Array(bytes[type]!(row)));
  });
  return inputs[0]!.map((_, run) => inputs.map((input) => input[run]!));
}

/** An output of every run as real numbers, one after the other. */
export function fromBytes(
  { summary }: Pick<Conversion, "summary">,
  results: { outputs: Uint8Array[] }[],
  which: number,
): number[] {
  const { type, scale, zeroPoint } = summary.outputs[which]!;
  return results.flatMap(({ outputs }) => {
    const bytes = outputs[which]!.slice().buffer;
    if (type === "float32") return [...new Float32Array(bytes)];
    const integers = type === "int16" ? new Int16Array(bytes) : new Int8Array(bytes);
    return Array.from(integers, (value) => (value - zeroPoint!) * scale!);
  });
}

export async function run(conversion: Conversion, samples: tf.Tensor[], options: InferOptions): Promise<number[][]> {
  const results = await infer(conversion.tflite, toBytes(conversion, samples), options);
  return conversion.summary.outputs.map((_, which) => fromBytes(conversion, results, which));
}
