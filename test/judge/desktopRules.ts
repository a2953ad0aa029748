/**
 * Where desktop TensorFlow Lite computes something else than TensorFlow Lite Micro, and what: a byte that differs must be explained by one of
 * these rules, exactly. Everything here is computed anew from the formulas; nothing is shared with the engine.
 */
import { activations, type TfliteModel, type TfliteTensor } from "tfjs-to-tflite/tflite/index.js";
import { sizeOf } from "tfjs-to-tflite/graph/shape.js";

export interface Difference {
  model: TfliteModel;
  /** The operator, alone in its graph or not. */
  index: number;
  name: string;
  /** Bytes of a tensor, given, computed or constant. */
  bytesOf: (tensor: number) => Uint8Array;
  /** Where in the output. */
  at: number;
  /** What TensorFlow Lite Micro's arithmetic gives, and what desktop TensorFlow Lite gave. */
  micro: number;
  desktop: number;
}

const int8At = (bytes: Uint8Array, at: number): number => (bytes[at]! << 24) >> 24;
const zeroOf = (tensor: TfliteTensor): number => tensor.quantization!.zeroPoint[0]!;
const scaleOf = (tensor: TfliteTensor, channel = 0): number =>
  tensor.quantization!.scale[channel % tensor.quantization!.scale.length]!;
const clamp = (value: number, low = -128, high = 127): number => Math.min(high, Math.max(low, value));
const halfUp = (value: number): number => Math.floor(value + 0.5);
const halfAwayFromZero = (value: number): number => Math.sign(value) * Math.floor(Math.abs(value) + 0.5);

/** QuantizeMultiplier: a mantissa of 31 bits and an exponent. */
function quantizeMultiplier(value: number): { mantissa: bigint; exponent: number } {
  let exponent = Math.floor(Math.log2(value)) + 1;
  if (value / 2 ** exponent >= 1) exponent++;
  if (value / 2 ** exponent < 0.5) exponent--;
  const mantissa = Math.round((value / 2 ** exponent) * 2 ** 31);
  return mantissa === 2 ** 31
    ? { mantissa: BigInt(2 ** 30), exponent: exponent + 1 }
    : { mantissa: BigInt(mantissa), exponent };
}

/**
 * A rounding doubling high multiply, then a shift that rounds. TensorFlow Lite Micro rounds halves away from zero there; desktop's matrix
 * kernels (ruy) round them up.
 */
function requantize(sum: number, multiplier: number, halves: (value: number) => number): number {
  const { mantissa, exponent } = quantizeMultiplier(multiplier);
  const product = (BigInt(sum) << BigInt(Math.max(exponent, 0))) * mantissa;
  const nudge = product >= 0n ? 1n << 30n : 1n - (1n << 30n);
  // C's division truncates towards zero, as BigInt's does.
  const high = Number((product + nudge) / (1n << 31n));
  return halves(high / 2 ** Math.max(-exponent, 0));
}

/** The limits of a fused activation in the output's steps, computed in float32. */
function limits(activation: unknown, output: TfliteTensor): [number, number] {
  const at = (limit: number) => zeroOf(output) + halfAwayFromZero(Math.fround(limit / scaleOf(output)));
  switch (activation) {
    case activations.RELU:
      return [Math.max(-128, at(0)), 127];
    case activations.RELU6:
      return [Math.max(-128, at(0)), Math.min(127, at(6))];
    case activations.RELU_N1_TO_1:
      return [Math.max(-128, at(-1)), Math.min(127, at(1))];
    default:
      return [-128, 127];
  }
}

/** The sum of products behind one output of CONV_2D. */
function convolutionSum({ model, index, bytesOf, at }: Difference): { sum: number; channel: number } {
  const { tensors, operators } = model.subgraphs[0]!;
  const { inputs, outputs, options } = operators[index]!;
  const [input, filter, output] = [tensors[inputs[0]!]!, tensors[inputs[1]!]!, tensors[outputs[0]!]!];
  const [, height, width, depth] = input.shape as [number, number, number, number];
  const [, kh, kw] = filter.shape as [number, number, number, number];
  const [, outHeight, outWidth, channels] = output.shape as [number, number, number, number];
  const { strideH, strideW, dilationH, dilationW, padding } = options as unknown as Record<string, number>;
  const channel = at % channels;
  const x = Math.floor(at / channels) % outWidth;
  const y = Math.floor(at / channels / outWidth) % outHeight;
  const batch = Math.floor(at / channels / outWidth / outHeight);
  const before = (out: number, size: number, kernel: number, stride: number, dilation: number) =>
    padding === 0 ? Math.floor(Math.max(0, (out - 1) * stride + (kernel - 1) * dilation + 1 - size) / 2) : 0;
  const top = y * strideH! - before(outHeight, height, kh, strideH!, dilationH!);
  const left = x * strideW! - before(outWidth, width, kw, strideW!, dilationW!);
  const image = bytesOf(inputs[0]!);
  const weights = bytesOf(inputs[1]!);
  let sum =
    inputs.length > 2
      ? new DataView(bytesOf(inputs[2]!).buffer, bytesOf(inputs[2]!).byteOffset).getInt32(4 * channel, true)
      : 0;
  for (let r = 0; r < kh; r++) {
    for (let c = 0; c < kw; c++) {
      const [row, column] = [top + r * dilationH!, left + c * dilationW!];
      if (row < 0 || row >= height || column < 0 || column >= width) continue;
      const pixel = ((batch * height + row) * width + column) * depth;
      const tap = ((channel * kh + r) * kw + c) * depth;
      for (let d = 0; d < depth; d++) sum += (int8At(image, pixel + d) - zeroOf(input)) * int8At(weights, tap + d);
    }
  }
  return { sum, channel };
}

/** The sum of products behind one output of FULLY_CONNECTED. */
function fullyConnectedSum({ model, index, bytesOf, at }: Difference): { sum: number; channel: number } {
  const { tensors, operators } = model.subgraphs[0]!;
  const { inputs } = operators[index]!;
  const [channels, depth] = tensors[inputs[1]!]!.shape as [number, number];
  const channel = at % channels;
  const row = Math.floor(at / channels);
  const [image, weights] = [bytesOf(inputs[0]!), bytesOf(inputs[1]!)];
  let sum =
    inputs.length > 2
      ? new DataView(bytesOf(inputs[2]!).buffer, bytesOf(inputs[2]!).byteOffset).getInt32(4 * channel, true)
      : 0;
  for (let d = 0; d < depth; d++)
    sum +=
      (int8At(image, row * depth + d) - zeroOf(tensors[inputs[0]!]!)) *
      (int8At(weights, channel * depth + d) - zeroOf(tensors[inputs[1]!]!));
  return { sum, channel };
}

/** Desktop rounds halves up in matrix products. */
function roundedUp(difference: Difference): boolean {
  const { model, index, name, micro, desktop } = difference;
  const { tensors, operators } = model.subgraphs[0]!;
  const { inputs, outputs, options } = operators[index]!;
  const [input, filter, output] = [tensors[inputs[0]!]!, tensors[inputs[1]!]!, tensors[outputs[0]!]!];
  const { sum, channel } = name === "CONV_2D" ? convolutionSum(difference) : fullyConnectedSum(difference);
  const product = scaleOf(input) * scaleOf(filter, channel);
  const multiplier =
    (name === "CONV_2D" || filter.quantization!.scale.length > 1 ? product : Math.fround(product)) / scaleOf(output);
  const [low, high] = limits(options?.["fusedActivation"], output);
  const finish = (value: number) => clamp(value + zeroOf(output), low, high);
  return (
    micro === finish(requantize(sum, multiplier, halfAwayFromZero)) &&
    desktop === finish(requantize(sum, multiplier, halfUp))
  );
}

/** Where an element of the output finds its operand, which may be broadcast. */
function operandIndex(at: number, output: readonly number[], operand: readonly number[]): number {
  let [rest, place, step] = [at, 0, 1];
  for (let back = 1; back <= output.length; back++) {
    const size = operand[operand.length - back] ?? 1;
    if (size > 1) place += (rest % output[output.length - back]!) * step;
    step *= size;
    rest = Math.floor(rest / output[output.length - back]!);
  }
  return place;
}

/** Desktop multiplies and divides the scales of MUL in float32, and rounds halves up where MUL broadcasts. */
function floatProduct({ model, index, bytesOf, at, micro, desktop }: Difference): boolean {
  const { tensors, operators } = model.subgraphs[0]!;
  const { inputs, outputs, options } = operators[index]!;
  const output = tensors[outputs[0]!]!;
  const operands = inputs.map((input) => ({
    tensor: tensors[input]!,
    value: int8At(bytesOf(input), operandIndex(at, output.shape, tensors[input]!.shape)) - zeroOf(tensors[input]!),
  }));
  const product = operands[0]!.value * operands[1]!.value;
  const [a, b, c] = [scaleOf(operands[0]!.tensor), scaleOf(operands[1]!.tensor), scaleOf(output)];
  const broadcasts = operands.some(({ tensor }) => tensor.shape.join() !== output.shape.join());
  const [low, high] = limits(options?.["fusedActivation"], output);
  const finish = (value: number) => clamp(value + zeroOf(output), low, high);
  return (
    micro === finish(requantize(product, (a * b) / c, halfAwayFromZero)) &&
    desktop === finish(requantize(product, Math.fround(Math.fround(a * b) / c), broadcasts ? halfUp : halfAwayFromZero))
  );
}

/** Desktop divides the scales of SUB in double, TensorFlow Lite Micro in float32. */
function doubleDifference({ model, index, bytesOf, at, micro, desktop }: Difference): boolean {
  const { tensors, operators } = model.subgraphs[0]!;
  const { inputs, outputs, options } = operators[index]!;
  const output = tensors[outputs[0]!]!;
  const scales = inputs.map((input) => scaleOf(tensors[input]!));
  const values = inputs.map(
    (input) => int8At(bytesOf(input), operandIndex(at, output.shape, tensors[input]!.shape)) - zeroOf(tensors[input]!),
  );
  const twiceLarger = 2 * Math.max(...scales);
  const leftShift = 20;
  const [low, high] = limits(options?.["fusedActivation"], output);
  const through = (precision: (factor: number) => number): number => {
    const [a, b] = values.map((value, i) =>
      requantize(value * 2 ** leftShift, precision(scales[i]! / twiceLarger), halfAwayFromZero),
    ) as [number, number];
    const steps = requantize(a - b, precision(twiceLarger / (2 ** leftShift * scaleOf(output))), halfAwayFromZero);
    return clamp(steps + zeroOf(output), low, high);
  };
  return micro === through(Math.fround) && desktop === through((factor) => factor);
}

/** What float arithmetic may make of a real value, in steps of the output: next to a border between two steps another C library's expf may give either. */
function inFloat(real: number, output: TfliteTensor): number[] {
  const steps = real / scaleOf(output);
  return [1 - 1e-6, 1 + 1e-6].map((factor) => clamp(halfAwayFromZero(steps * factor) + zeroOf(output)));
}

/** Desktop fills a table with the float function; TensorFlow Lite Micro saturates at its input radius, which a coarse input scale brings near. */
function floatTable({ model, index, name, bytesOf, at, micro, desktop }: Difference): boolean {
  const { tensors, operators } = model.subgraphs[0]!;
  const { inputs, outputs } = operators[index]!;
  const [input, output] = [tensors[inputs[0]!]!, tensors[outputs[0]!]!];
  const x = Math.fround(scaleOf(input) * (int8At(bytesOf(inputs[0]!), at) - zeroOf(input)));
  const real = name === "TANH" ? Math.tanh(x) : 1 / (1 + Math.exp(-x));
  return (
    (Math.abs(micro - desktop) === 1 || micro === -128 || micro === 127) && inFloat(real, output).includes(desktop)
  );
}

/** Desktop multiplies by the inverse of the scale instead of dividing by it. */
function inverseScale({ model, index, bytesOf, at, micro, desktop }: Difference): boolean {
  const { tensors, operators } = model.subgraphs[0]!;
  const { inputs, outputs } = operators[index]!;
  const [input, output] = [tensors[inputs[0]!]!, tensors[outputs[0]!]!];
  if (input.type !== "FLOAT32") return false;
  const bytes = bytesOf(inputs[0]!);
  const real = new DataView(bytes.buffer, bytes.byteOffset).getFloat32(4 * at, true);
  return (
    Math.abs(micro - desktop) === 1 && inFloat(real, output).includes(desktop) && inFloat(real, output).includes(micro)
  );
}

/** Desktop takes the exponentials from a table of floats. */
function floatSoftmax({ model, index, bytesOf, at, micro, desktop }: Difference): boolean {
  const { tensors, operators } = model.subgraphs[0]!;
  const { inputs, outputs, options } = operators[index]!;
  const [input, output] = [tensors[inputs[0]!]!, tensors[outputs[0]!]!];
  const depth = input.shape.at(-1)!;
  const start = at - (at % depth);
  const row = Array.from({ length: depth }, (_, d) => int8At(bytesOf(inputs[0]!), start + d));
  const most = Math.max(...row);
  const exponentials = row.map((value) => Math.exp(scaleOf(input) * Number(options?.["beta"]) * (value - most)));
  const real = exponentials[at - start]! / exponentials.reduce((sum, value) => sum + value, 0);
  return Math.abs(micro - desktop) === 1 && inFloat(real, output).includes(desktop);
}

/** The sum behind one output of MEAN or SUM, and of how many numbers. */
function reducedSum({ model, index, bytesOf, at }: Difference): { sum: number; count: number } {
  const { tensors, operators } = model.subgraphs[0]!;
  const { inputs } = operators[index]!;
  const input = tensors[inputs[0]!]!;
  const axisBytes = bytesOf(inputs[1]!);
  const rank = input.shape.length;
  const axes = new Set([...new Int32Array(axisBytes.slice().buffer)].map((axis) => (axis + rank) % rank));
  const kept = input.shape.map((size, axis) => (axes.has(axis) ? 1 : size));
  let sum = 0;
  for (let i = 0; i < sizeOf(input.shape); i++) {
    let [rest, place, step] = [i, 0, 1];
    for (let axis = rank - 1; axis >= 0; axis--) {
      const size = input.shape[axis]!;
      if (!axes.has(axis)) place += (rest % size) * step;
      step *= kept[axis]!;
      rest = Math.floor(rest / size);
    }
    if (place === at) sum += int8At(bytesOf(inputs[0]!), i);
  }
  return { sum, count: sizeOf(input.shape) / sizeOf(kept) };
}

/** Desktop averages in float32, or, over height and width, in integers that are rescaled first and divided after that. */
function otherMean(difference: Difference): boolean {
  const { model, index, micro, desktop } = difference;
  const { tensors, operators } = model.subgraphs[0]!;
  const { inputs, outputs } = operators[index]!;
  const [input, output] = [tensors[inputs[0]!]!, tensors[outputs[0]!]!];
  const { sum, count } = reducedSum(difference);
  const averaged = (sum / count - zeroOf(input)) * scaleOf(input);
  const scaled = requantize(sum - zeroOf(input) * count, scaleOf(input) / scaleOf(output), halfAwayFromZero);
  const inIntegers = Math.trunc((scaled + Math.sign(scaled) * Math.floor(count / 2)) / count) + zeroOf(output);
  return Math.abs(micro - desktop) === 1 && [...inFloat(averaged, output), clamp(inIntegers)].includes(desktop);
}

/** Desktop rescales the sum in float32, and takes the lowest eight bits where it is out of range. */
function otherTotal(difference: Difference): boolean {
  const { model, index, micro, desktop } = difference;
  const { tensors, operators } = model.subgraphs[0]!;
  const { inputs, outputs } = operators[index]!;
  const [input, output] = [tensors[inputs[0]!]!, tensors[outputs[0]!]!];
  const { sum, count } = reducedSum(difference);
  const centered = sum - zeroOf(input) * count;
  const steps = [1 - 1e-6, 1 + 1e-6].map((factor) =>
    halfAwayFromZero((centered * scaleOf(input) * factor) / scaleOf(output)),
  );
  return (
    micro === clamp(requantize(centered, scaleOf(input) / scaleOf(output), halfAwayFromZero) + zeroOf(output)) &&
    steps.some((each) => desktop === ((each + zeroOf(output)) << 24) >> 24)
  );
}

const rules = new Map<string, (difference: Difference) => boolean>(
  Object.entries({
    CONV_2D: roundedUp,
    FULLY_CONNECTED: roundedUp,
    LOGISTIC: floatTable,
    TANH: floatTable,
    SOFTMAX: floatSoftmax,
    MEAN: otherMean,
    SUM: otherTotal,
    MUL: floatProduct,
    SUB: doubleDifference,
    QUANTIZE: inverseScale,
  }),
);

/** In alphabetical order. */
export const explainedOperators = [...rules.keys()].sort();

/** Whether a known rule of desktop TensorFlow Lite gives exactly what it gave. */
export const isExplained = (difference: Difference): boolean => rules.get(difference.name)?.(difference) === true;
