/** What TensorFlow Lite Micro's kernels refuse when they prepare an operator: how many tensors it names, and scales of weights and biases. */
import type { TfliteTensor } from "tfjs-to-tflite/tflite/index.js";
import { inputOf, isCustom, type Place } from "./places.js";
import { wrongShape } from "./tflmShapes.js";

/** Counts that the kernels ask for, an empty list for any; the operators that are not here read the inputs they need, and pass over more. */
const counts: readonly (readonly [inputs: readonly number[], outputs: number, names: string])[] = [
  [[], 1, "ADD_N"],
  [[0], 0, "CALL_ONCE"],
  [
    [1],
    1,
    `ABS CAST CEIL COS DEPTH_TO_SPACE DEQUANTIZE ELU EXP HARD_SWISH L2_NORMALIZATION L2_POOL_2D LEAKY_RELU LOG LOGICAL_NOT LOG_SOFTMAX
     QUANTIZE READ_VARIABLE ROUND RSQRT SHAPE SIN SOFTMAX SPACE_TO_DEPTH SQRT SQUARE SQUEEZE TANH ZEROS_LIKE`,
  ],
  [[1, 2], 1, "RESHAPE"],
  [[2], 0, "ASSIGN_VARIABLE"],
  [
    [2],
    1,
    `BATCH_MATMUL BROADCAST_ARGS BROADCAST_TO CUMSUM EMBEDDING_LOOKUP EXPAND_DIMS FLOOR_DIV FLOOR_MOD GATHER GATHER_ND MEAN MUL
     REDUCE_ALL REDUCE_MAX REDUCE_MIN RESIZE_BILINEAR RESIZE_NEAREST_NEIGHBOR REVERSE_V2 SQUARED_DIFFERENCE SUM TRANSPOSE`,
  ],
  [[2, 3], 1, "CONV_2D DEPTHWISE_CONV_2D PAD PADV2"],
  [[3], 1, "BATCH_TO_SPACE_ND DYNAMIC_UPDATE_SLICE SELECT_V2 SLICE SPACE_TO_BATCH_ND"],
  [[3, 4], 1, "TRANSPOSE_CONV"],
  [[4], 1, "STRIDED_SLICE"],
  [[5], 1, "SVDF"],
  [[24], 1, "UNIDIRECTIONAL_SEQUENCE_LSTM"],
];
const countsOf: ReadonlyMap<string, readonly [inputs: readonly number[], outputs: number]> = new Map(
  counts.flatMap(([inputs, outputs, names]) => names.split(/\s+/).map((name) => [name, [inputs, outputs] as const])),
);

function wrongCounts({ name, operator }: Place): string | undefined {
  const right = countsOf.get(name);
  if (!right) return undefined;
  const [inputs, outputs] = right;
  if (inputs.length > 0 && !inputs.includes(operator.inputs.length))
    return `names ${operator.inputs.length} inputs, and TensorFlow Lite Micro takes ${inputs.join(" or ")}`;
  return operator.outputs.length === outputs
    ? undefined
    : `names ${operator.outputs.length} outputs, and TensorFlow Lite Micro takes ${outputs}`;
}

/** It reads no scales of a tensor without zero points. */
const scalesOf = (tensor: TfliteTensor | undefined): readonly number[] =>
  tensor?.quantization?.zeroPoint.length ? tensor.quantization.scale : [];
const scaleOf = (tensor: TfliteTensor | undefined): number => scalesOf(tensor)[0] ?? 0;

/** How far a bias may be off, in steps of the output: GetQuantizedConvolutionMultipler. */
const mostOff = 0.02;

/** Of weights with one scale: with several, the bias is taken to have theirs. */
function wrongBias({ graph, operator }: Place, [input, weights, bias]: readonly (TfliteTensor | undefined)[]) {
  if (!bias) return undefined;
  const [product, scale] = [scaleOf(input) * scaleOf(weights), scaleOf(bias)];
  return Math.abs(product - scale) / scaleOf(graph.tensors[operator.outputs[0] ?? -1]) <= mostOff
    ? undefined
    : `its bias has scale ${scale}, and TensorFlow Lite Micro wants that of the input by that of the weights, ${product}`;
}

/** A scale for each channel: which of the weights' sizes are those. */
const channelsAt: Readonly<Record<string, number>> = { CONV_2D: 0, DEPTHWISE_CONV_2D: 3, TRANSPOSE_CONV: 0 };

function wrongScales(place: Place, weights: TfliteTensor): string | undefined {
  const { scale, quantizedDimension } = weights.quantization!;
  const sizes = [quantizedDimension, channelsAt[place.name] ?? quantizedDimension].map((at) => weights.shape[at]);
  return sizes.every((size) => size === scale.length)
    ? undefined
    : `its weights of shape [${weights.shape.join(", ")}] have ${scale.length} scales in dimension ${quantizedDimension}, and TensorFlow Lite Micro wants one for each channel`;
}

function wrongLayer(place: Place): string | undefined {
  const [input, weights] = [inputOf(place, place.name === "TRANSPOSE_CONV" ? 2 : 0), inputOf(place, 1)];
  if (!weights || (input?.type !== "INT8" && input?.type !== "INT16")) return undefined;
  if (place.name in channelsAt && (scalesOf(input).length === 0 || scalesOf(weights).length === 0))
    return "its input or weights have no scale and zero point, and TensorFlow Lite Micro wants both";
  if (scalesOf(weights).length > 1) return wrongScales(place, weights);
  return place.name === "FULLY_CONNECTED" ? wrongBias(place, [input, weights, inputOf(place, 2)]) : undefined;
}

/** In words; undefined where nothing is wrong, as far as it is known here. */
export const whyItIsRefused = (place: Place): string | undefined =>
  isCustom(place)
    ? undefined
    : (wrongCounts(place) ??
      (place.name === "FULLY_CONNECTED" || place.name in channelsAt ? wrongLayer(place) : undefined) ??
      wrongShape(place));
