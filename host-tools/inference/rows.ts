/** Which rows of its inputs an operator's rows come from: what cutting an image into stripes has to know of operators. */
import { elementwise } from "tfjs-to-tflite/graph/elementwise.js";
import { paddings, type TfliteModel, type TfliteOperator, type TfliteTensor } from "tfjs-to-tflite/tflite/index.js";
import { isConstant } from "./graph.js";

/** Rows of an image, `to` not included. */
export interface Rows {
  from: number;
  to: number;
}

/** Rows and columns of zero points around an image. */
export interface Border {
  top: number;
  bottom: number;
  left: number;
  right: number;
}

/** How an operator computes some of its output's rows. */
export interface RowRule {
  /** The inputs that are images; the others stay as they are. */
  images: number[];
  /** The rows that it reads of each image, and what lies around them. */
  reads: (rows: Rows) => { rows: Rows; border: Border };
  /** "pads": it only adds the border. "window": with a border of its own it is VALID, and another operator adds the border. */
  kind: "pads" | "window" | "elementwise";
}

const noBorder: Border = { top: 0, bottom: 0, left: 0, right: 0 };

/** One image, rows over columns: rank 4, batch 1. */
const isImage = (tensor: TfliteTensor | undefined): tensor is TfliteTensor =>
  tensor?.shape.length === 4 && tensor.shape[0] === 1;

/** Of which rows come out as they go in. */
const byRows = new Set<string>([...elementwise, "DEQUANTIZE", "PRELU", "QUANTIZE", "SQUARED_DIFFERENCE"]);

/** Rows `from` to `to` of an image that has `size` and a border: what of it is there, and what of the border. */
function clip(from: number, to: number, size: number): { rows: Rows; top: number; bottom: number } {
  return {
    rows: { from: Math.max(from, 0), to: Math.min(to, size) },
    top: Math.max(0, -from),
    bottom: Math.max(0, to - size),
  };
}

const number = (operator: TfliteOperator, field: string, otherwise: number): number => {
  const value = operator.options?.[field];
  return typeof value === "number" ? value : otherwise;
};

/** Before and after an axis: TensorFlow's SAME and VALID. */
export function axisBorder(
  padding: number,
  size: number,
  out: number,
  stride: number,
  extent: number,
): [number, number] {
  const total = padding === paddings.SAME ? Math.max(0, (out - 1) * stride + extent - size) : 0;
  const before = Math.floor(total / 2);
  return [before, total - before];
}

function windowRule(name: string, operator: TfliteOperator, tensors: readonly TfliteTensor[]): RowRule | undefined {
  const [input, weights] = operator.inputs.map((index) => tensors[index]);
  const output = tensors[operator.outputs[0]!]!;
  const pool = name.endsWith("POOL_2D");
  const [height, width] = pool
    ? [number(operator, "filterH", 0), number(operator, "filterW", 0)]
    : [weights?.shape[1] ?? 0, weights?.shape[2] ?? 0];
  const stride = number(operator, "strideH", 1);
  const padding = number(operator, "padding", 0);
  const extent = (height - 1) * number(operator, "dilationH", 1) + 1;
  const [, size, columns] = input!.shape as [number, number, number];
  const [top, bottom] = axisBorder(padding, size, output.shape[1]!, stride, extent);
  const [left, right] = axisBorder(
    padding,
    columns,
    output.shape[2]!,
    number(operator, "strideW", 1),
    (width - 1) * number(operator, "dilationW", 1) + 1,
  );
  // A pool counts only what is inside of the image.
  if (pool && top + bottom + left + right > 0) return undefined;
  return {
    images: [0],
    kind: "window",
    reads: ({ from, to }) => {
      const { rows, ...ends } = clip(from * stride - top, (to - 1) * stride - top + extent, size);
      return { rows, border: { ...ends, left, right } };
    },
  };
}

function padRule(
  operator: TfliteOperator,
  tensors: readonly TfliteTensor[],
  data: (tensor: number) => Uint8Array | undefined,
): RowRule | undefined {
  const bytes = data(operator.inputs[1]!);
  if (bytes?.length !== 32) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [, , top, , left, right] = Array.from({ length: 6 }, (_, i) => view.getInt32(4 * i, true));
  const rest = [0, 1, 6, 7].some((i) => view.getInt32(4 * i, true) !== 0);
  if (rest) return undefined;
  const size = tensors[operator.inputs[0]!]!.shape[1]!;
  return {
    images: [0],
    kind: "pads",
    reads: ({ from, to }) => {
      const { rows, ...ends } = clip(from - top!, to - top!, size);
      return { rows, border: { ...ends, left: left!, right: right! } };
    },
  };
}

function elementwiseRule(
  operator: TfliteOperator,
  model: TfliteModel,
  tensors: readonly TfliteTensor[],
): RowRule | undefined {
  const shape = tensors[operator.outputs[0]!]!.shape.join();
  const images: number[] = [];
  for (const [i, index] of operator.inputs.entries()) {
    const tensor = tensors[index];
    if (!tensor) return undefined;
    if (!isConstant(model, tensor)) {
      if (tensor.shape.join() !== shape) return undefined;
      images.push(i);
    } else if (tensor.shape.length > 2 && tensor.shape.at(-3) !== 1) return undefined;
  }
  return images.length === 0
    ? undefined
    : { images, kind: "elementwise", reads: (rows) => ({ rows, border: noBorder }) };
}

/** The rule of an operator whose images may be cut into stripes of rows; undefined for others, which need a whole image. */
export function rowRule(
  name: string,
  operator: TfliteOperator,
  model: TfliteModel,
  tensors: readonly TfliteTensor[],
): RowRule | undefined {
  const data = (tensor: number): Uint8Array | undefined => model.buffers[tensors[tensor]?.buffer ?? 0];
  if (operator.outputs.length !== 1 || !isImage(tensors[operator.outputs[0]!])) return undefined;
  if (byRows.has(name)) return elementwiseRule(operator, model, tensors);
  const input = tensors[operator.inputs[0] ?? -1];
  if (!isImage(input) || isConstant(model, input)) return undefined;
  if (name === "PAD") return padRule(operator, tensors, data);
  if (["CONV_2D", "DEPTHWISE_CONV_2D", "AVERAGE_POOL_2D", "MAX_POOL_2D"].includes(name)) {
    const weights = operator.inputs.slice(1);
    if (weights.some((index) => index >= 0 && !isConstant(model, tensors[index]!))) return undefined;
    return windowRule(name, operator, tensors);
  }
  return undefined;
}
