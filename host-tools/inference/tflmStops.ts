/** What TensorFlow Lite Micro's kernels stop at with an assertion, a reset on a chip: the tflm backend refuses it, as native/inference/tflm/tflmStops.cc has it. */
import type { TensorType, TfliteTensor } from "tfjs-to-tflite/tflite/index.js";
import { inputOf, type Place } from "./places.js";

const scalesOf = (tensor: TfliteTensor | undefined): readonly number[] => tensor?.quantization?.scale ?? [];
const scaleOf = (tensor: TfliteTensor | undefined): number => scalesOf(tensor)[0] ?? 0;
const zeroOf = (tensor: TfliteTensor | undefined): number => tensor?.quantization?.zeroPoint[0] ?? 0;
const outputOf = ({ graph, operator }: Place): TfliteTensor | undefined => graph.tensors[operator.outputs[0] ?? -1];
const inputsOf = (place: Place, first: number, count: number) =>
  Array.from({ length: count }, (_, i) => inputOf(place, first + i));

/** A number of an operator's options: 0 where it is not there, as in the file. */
function option({ operator }: Place, name: string): number {
  const value = operator.options?.[name];
  return typeof value === "number" ? value : 0;
}

const weightsZero = "its weights have a zero point other than 0";
const wrongZero = "a zero point is none of its type's numbers";
const wrongScales = "its scales are 0, or too far apart";

const isOf = (tensor: TfliteTensor | undefined, ...types: readonly TensorType[]): boolean =>
  tensor !== undefined && types.includes(tensor.type);

/** Of sums, with the output's factor of so many bits, and of squared differences, without. */
function wrongSum(place: Place, count: number, shift: number): string | undefined {
  const scales = inputsOf(place, 0, count).map(scaleOf);
  const isBelow = shift === 0 || 2 * Math.max(...scales) < 2 ** shift * scaleOf(outputOf(place));
  return scales.every((scale) => scale > 0) && isBelow ? undefined : wrongScales;
}

/** A layer of int16: its sums of 64 bits take factors below 2^7. */
function wrongLayer(place: Place, data: number): string | undefined {
  const input = inputOf(place, data);
  if (!isOf(input, "INT16")) return undefined;
  const most = 128 * scaleOf(outputOf(place));
  const products = scalesOf(inputOf(place, 1)).map((scale) => scale * scaleOf(input));
  return products.some((product) => product > 0 && product >= most) ? wrongScales : undefined;
}

function wrongZeros(place: Place, count: number): string | undefined {
  const isWrong = inputsOf(place, 0, count).some((tensor) => {
    const zero = zeroOf(tensor);
    return (isOf(tensor, "INT8") && (zero < -128 || zero > 127)) || (isOf(tensor, "INT16") && Math.abs(zero) >= 32767);
  });
  return isWrong ? wrongZero : undefined;
}

const wrongWeights = (place: Place, first: number, last: number): string | undefined =>
  inputsOf(place, first, last - first + 1).some((tensor) => !isOf(tensor, "FLOAT32") && zeroOf(tensor) !== 0)
    ? weightsZero
    : undefined;

/** The factor of a difference in Q5.26 must be above 1. */
const wrongExponent = (place: Place, beta: number): string | undefined =>
  isOf(inputOf(place, 0), "INT8") && beta * scaleOf(inputOf(place, 0)) * 2 ** 26 <= 1
    ? "its scale, or beta, is not positive or too small"
    : undefined;

function wrongSigmoid(place: Place): string | undefined {
  const input = inputOf(place, 0);
  const scale = scaleOf(input);
  if (isOf(input, "INT8") && scale !== 0 && scale < 2 ** -59) return "its input's scale is below 2^-59";
  return isOf(input, "INT16") && scale * 3 * 4096 >= 32768 ? "its input's scale is above 2.6" : undefined;
}

function wrongArithmetic(place: Place, count: number): string | undefined {
  const input = inputOf(place, 0);
  const bits = isOf(input, "INT8") ? 20 : 15;
  const isAny = place.name === "ADD" || place.name === "SUB";
  const wrong = isOf(input, "INT8") || (isAny && isOf(input, "INT16")) ? wrongSum(place, count, bits) : undefined;
  return wrong ?? wrongZeros(place, count);
}

const wrongComparison = (place: Place): string | undefined =>
  isOf(inputOf(place, 0), "INT8") &&
  inputsOf(place, 0, 2).some((tensor) => !(scaleOf(tensor) > 0 && scaleOf(tensor) < 1))
    ? "a scale is 0, or 1 or more"
    : undefined;

const unless = (isRight: boolean, wrong: string): string | undefined => (isRight ? undefined : wrong);

/** Fused activation functions of the schema. */
const tanh = 4;

const rules: Readonly<Record<string, (place: Place) => string | undefined>> = {
  ADD: (place) => wrongArithmetic(place, 2),
  SUB: (place) => wrongArithmetic(place, 2),
  ADD_N: (place) => wrongArithmetic(place, place.operator.inputs.length),
  CUMSUM: (place) => wrongArithmetic(place, 1),
  SQUARED_DIFFERENCE: (place) => (isOf(inputOf(place, 0), "INT8", "INT16") ? wrongSum(place, 2, 0) : undefined),
  DIV: (place) => wrongZeros(place, 2),
  L2_NORMALIZATION: (place) => wrongZeros(place, 1),
  EQUAL: wrongComparison,
  NOT_EQUAL: wrongComparison,
  LESS: wrongComparison,
  LESS_EQUAL: wrongComparison,
  GREATER: wrongComparison,
  GREATER_EQUAL: wrongComparison,
  SOFTMAX: (place) => wrongExponent(place, option(place, "beta")),
  LOG_SOFTMAX: (place) => wrongExponent(place, 1),
  LOGISTIC: wrongSigmoid,
  TANH: wrongSigmoid,
  FULLY_CONNECTED: (place) => wrongWeights(place, 1, 1) ?? wrongLayer(place, 0),
  CONV_2D: (place) => wrongLayer(place, 0),
  BATCH_MATMUL: (place) => wrongLayer(place, 0),
  TRANSPOSE_CONV: (place) => wrongLayer(place, 2),
  DEPTHWISE_CONV_2D: (place) =>
    unless(
      option(place, "depthMultiplier") * (inputOf(place, 0)?.shape.at(-1) ?? 0) ===
        (outputOf(place)?.shape.at(-1) ?? 0),
      "its depth multiplier does not make its output's channels",
    ) ?? wrongLayer(place, 0),
  UNIDIRECTIONAL_SEQUENCE_LSTM: (place) =>
    unless(option(place, "fusedActivation") === tanh, "its activation is not TANH") ?? wrongWeights(place, 1, 8),
  SVDF: (place) => unless(option(place, "rank") > 0, "its rank is not positive"),
  SPACE_TO_DEPTH: (place) => unless(option(place, "blockSize") > 0, "its block is not positive"),
  PACK: (place) =>
    unless(
      option(place, "valuesCount") === place.operator.inputs.length,
      "it has another number of inputs than its options say",
    ),
  UNPACK: (place) =>
    unless(
      option(place, "num") === place.operator.outputs.length,
      "it has another number of outputs than its options say",
    ),
};

/** Of scales, zero points and options, in words; undefined where nothing is wrong. Shapes that do not go together, and values of inputs, are up to the kernels. */
export const whyItStops = (place: Place): string | undefined => rules[place.name]?.(place);
