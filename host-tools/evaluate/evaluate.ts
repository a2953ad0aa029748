import type * as tfl from "@tensorflow/tfjs-layers";
import { Normalizer, encodeNormalizer } from "../../device/normalizer.js";
import { infer, type Backend } from "../inference/index.js";
import { UserError } from "../lib/errors.js";
import { readTflite } from "tfjs-to-tflite/graph/tflite.js";
import type { TfliteTensor } from "tfjs-to-tflite/tflite/index.js";
import { normalize, type Examples, type TrainingData } from "../train/examples.js";
import { predict } from "../train/predict.js";
import { fitTemperature, foldTemperature } from "./temperature.js";

type Scope = Pick<TrainingData, "normalizer" | "classes">;

/** Probabilities of a float network, [window][class]. */
export const evaluateFloat = (model: tfl.LayersModel, examples: Examples, { normalizer }: Scope): Float32Array =>
  predict(model, normalize(examples.features, normalizer), examples.count);

/** Scale and zero point of the int8 tensor at one end of a model. @throws UserError when it has none */
function quantizationOf({ quantization }: TfliteTensor): { scale: number; zeroPoint: number } {
  if (!quantization?.scale.length) throw new UserError("the model is not int8: its input or output has no scale");
  return { scale: quantization.scale[0]!, zeroPoint: quantization.zeroPoint[0]! };
}

/** Windows as an int8 .tflite takes them, made by the node's own normalizer; one run each for `infer`. @throws UserError when the model's ends are not of this node */
export function int8Windows(tflite: Uint8Array, examples: Examples, { normalizer, classes }: Scope): Uint8Array[][] {
  const { tensors, inputs, outputs } = readTflite(tflite).subgraphs[0]!;
  const [input, output] = [tensors[inputs[0]!]!, tensors[outputs[0]!]!];
  const size = examples.features.length / examples.count;
  const quantization = quantizationOf(input);
  if (input.shape.reduce((a, b) => a * b, 1) !== size || output.shape.at(-1) !== classes.length) {
    throw new UserError(
      `the model takes ${input.shape.join("x")} and gives ${output.shape.join("x")}; the node has windows of ${size} features and ${classes.length} classes`,
    );
  }
  const bytes = encodeNormalizer(normalizer.mean, normalizer.deviation);
  const quantizer = new Normalizer(bytes.buffer as ArrayBuffer, normalizer.mean.length, quantization);
  return Array.from({ length: examples.count }, (_, window) => {
    const values = new Int8Array(size);
    quantizer.quantize(examples.features.subarray(window * size, (window + 1) * size), values);
    return [new Uint8Array(values.buffer)];
  });
}

/** Probabilities of an int8 .tflite on one of the engines, [window][class]. @throws UserError as int8Windows */
export async function evaluateInt8(
  tflite: Uint8Array,
  examples: Examples,
  scope: Scope,
  backend: Backend,
): Promise<Float32Array> {
  const runs = int8Windows(tflite, examples, scope);
  const { tensors, outputs } = readTflite(tflite).subgraphs[0]!;
  const { scale, zeroPoint } = quantizationOf(tensors[outputs[0]!]!);
  const classes = scope.classes.length;
  const probabilities = new Float32Array(examples.count * classes);
  (await infer(tflite, runs, { backend })).forEach(({ outputs: [raw] }, window) => {
    const values = new Int8Array(raw!.buffer, raw!.byteOffset, raw!.byteLength);
    values.forEach((value, index) => (probabilities[window * classes + index] = scale * (value - zeroPoint)));
  });
  return probabilities;
}

/** Calibrates a network's confidence on the validation windows (temperature scaling). @returns the temperature folded in */
export function calibrateConfidence(model: tfl.LayersModel, data: TrainingData): number {
  const probabilities = evaluateFloat(model, data.validation, data);
  const temperature = fitTemperature(probabilities, data.validation.labels, data.classes.length);
  foldTemperature(model, temperature);
  return temperature;
}
