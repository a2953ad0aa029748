import { descriptorOf } from "tfjs-to-tflite/graph/operators/index.js";
import type { TfliteOperator, TfliteTensor } from "tfjs-to-tflite/tflite/index.js";

/** Multiply-accumulates of one operator, taps outside the image counted; 0 for operators that multiply no weights, or that loam does not know. */
export function macsOf(name: string, { inputs, outputs }: TfliteOperator, tensors: readonly TfliteTensor[]): number {
  const count = descriptorOf(name)?.macs;
  const shape = (tensor: number | undefined): number[] => tensors[tensor ?? -1]?.shape ?? [];
  return typeof count === "function"
    ? count({ output: shape(outputs[0]), inputs: inputs.map(shape), weights: shape(inputs[1]) })
    : 0;
}
