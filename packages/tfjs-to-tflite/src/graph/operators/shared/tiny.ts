/** Tensors of tiny models. */
import type { Quantization } from "../../../tflite/index.js";
import { sizeOf } from "../../shape.js";
import type { ModelUnderConstruction, TinyTensor } from "../descriptor.js";

export const int32 = (...values: number[]): TinyTensor => ({
  shape: [values.length],
  type: "INT32",
  quantization: undefined,
  data: new Uint8Array(new Int32Array(values).buffer),
});

/** Numbers such as those of a shape, which are given. */
export const whole: TinyTensor = { shape: [3], type: "INT32", quantization: undefined };

export const scaled = (scale: number, zeroPoint: number): Quantization => ({
  scale: [scale],
  zeroPoint: [zeroPoint],
  quantizedDimension: 0,
});

/** Weights with one scale per channel along `axis`. */
export function weights(shape: number[], axis: number): TinyTensor {
  const channels = shape[axis]!;
  const data = Uint8Array.from({ length: sizeOf(shape) }, (_, i) => (i * 37 + 11) & 0xff);
  return {
    shape,
    data,
    quantization: {
      scale: Array.from({ length: channels }, (_, c) => 0.01 + c / 1000),
      zeroPoint: Array<number>(channels).fill(0),
      quantizedDimension: axis,
    },
  };
}

export const bias = (channels: number): TinyTensor => ({
  ...int32(...Array.from({ length: channels }, (_, c) => c * 100 - 50)),
  quantization: scaled(0.0005, 0),
});

export const float = (shape: number[]): TinyTensor => ({ shape, type: "FLOAT32", quantization: undefined });

/** An input, and its shape, of which what follows computes sizes, as exporters do. */
export function withShape(model: ModelUnderConstruction, shape: number[]): { input: number; computed: number } {
  const input = model.int8(shape, 0.05, 3);
  const computed = model.tensor([shape.length], "INT32");
  return { input, computed: model.operator("SHAPE", [input], computed, { outType: 2 }) };
}

/** An element of a list of int32. */
export function elementOf(model: ModelUnderConstruction, list: number, index: number): number {
  const bounds = [index, index + 1, 1].map((value) => model.int32s([value]));
  return model.operator("STRIDED_SLICE", [list, ...bounds], model.tensor([], "INT32"), { shrinkAxisMask: 1 });
}
