/** Real numbers at the ends of a model: what they are as a tensor's bytes, and what its bytes stand for. */
import { UserError } from "../lib/errors.js";
import { sizeOf } from "tfjs-to-tflite/graph/shape.js";
import type { ArraySource } from "tfjs-to-tflite/graph/arraySource.js";
import type { TfliteTensor } from "tfjs-to-tflite/tflite/index.js";

type Elements = Float32Array | Int8Array | Uint8Array | Int16Array | Int32Array;
interface Kind {
  new (buffer: ArrayBuffer): Elements;
  from(numbers: ArrayLike<number>): Elements;
}
const elementsOf: Record<string, Kind> = {
  FLOAT32: Float32Array,
  INT8: Int8Array,
  UINT8: Uint8Array,
  BOOL: Uint8Array,
  INT16: Int16Array,
  INT32: Int32Array,
};
const limits: Record<string, readonly [number, number]> = {
  INT8: [-128, 127],
  UINT8: [0, 255],
  BOOL: [0, 1],
  INT16: [-32768, 32767],
  INT32: [-(2 ** 31), 2 ** 31 - 1],
};

/** An array of a tensor's type. @throws UserError for a type of which loam reads no numbers */
function kindOf({ name, type }: TfliteTensor): Kind {
  const kind = elementsOf[type];
  if (!kind)
    throw new UserError(
      `tensor "${name}" has type ${type}; real numbers go into ${Object.keys(elementsOf).join(", ")}. Give raw bytes instead`,
    );
  return kind;
}

/** One scale for all; 1 where there is none, so that integers stay what they are. */
const scaleOf = ({ quantization }: TfliteTensor): { scale: number; zeroPoint: number } => ({
  scale: quantization?.scale[0] ?? 1,
  zeroPoint: quantization?.zeroPoint[0] ?? 0,
});

/** A tensor's bytes for real numbers: rounded to its scale, and cut to its range; a float32 tensor has them as they are. */
export function bytesOf(tensor: TfliteTensor, numbers: Float32Array): Uint8Array {
  const kind = kindOf(tensor);
  const { scale, zeroPoint } = scaleOf(tensor);
  const [low, high] = limits[tensor.type] ?? [];
  const elements =
    low === undefined
      ? kind.from(numbers)
      : kind.from(
          Array.from(numbers, (value) => Math.max(low, Math.min(high!, Math.round(value / scale) + zeroPoint))),
        );
  return new Uint8Array(elements.buffer);
}

/** The real numbers that a tensor's bytes stand for. */
export function numbersOf(tensor: TfliteTensor, bytes: Uint8Array): Float32Array {
  const elements = new (kindOf(tensor))(bytes.slice().buffer);
  const { scale, zeroPoint } = scaleOf(tensor);
  return Float32Array.from(elements, (value) => (tensor.type === "FLOAT32" ? value : (value - zeroPoint) * scale));
}

const withoutBatch = (shape: readonly number[]): readonly number[] => (shape[0] === 1 ? shape.slice(1) : shape);

/**
 * The numbers of each run, one run at a time: an array of [runs, ...] or, for one run, of the tensor's own shape, with or without a batch of 1.
 * @param name for errors @throws UserError when the shape is another one, or a number is not finite
 */
export async function* runsOf(tensor: TfliteTensor, source: ArraySource, name: string): AsyncGenerator<Float32Array> {
  const { length, shape } = source;
  const wanted = withoutBatch(tensor.shape);
  const each = sizeOf(wanted);
  const isSame = (sizes: readonly number[]): boolean =>
    sizes.length === wanted.length && sizes.every((size, axis) => size === wanted[axis]);
  const fits = shape ? isSame(shape) || isSame(shape.slice(1)) : length % each === 0;
  if (!fits || length === 0)
    throw new UserError(
      `${name} has ${shape ? `shape [${shape.join(", ")}]` : `${length} numbers`}; input "${tensor.name}" takes [runs, ${wanted.join(", ")}], ${each} numbers each run`,
    );
  for (let run = 0; run < length / each; run++) {
    const numbers = await source.read(run * each, each);
    const bad = numbers.find((value) => !Number.isFinite(value));
    if (bad !== undefined) throw new UserError(`${name} holds ${bad} in run ${run}; every number must be finite`);
    yield numbers;
  }
}
