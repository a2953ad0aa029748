/** Windows that slide over an image: convolutions and pooling. */
import { paddings, type OptionField } from "../../../tflite/index.js";
import type { Random } from "../../random.js";
import { sizeOf } from "../../shape.js";
import type { Descriptor } from "../descriptor.js";

export const activationField: OptionField = ["fusedActivation", "int8", 0];
export const windowFields: readonly OptionField[] = [
  ["padding", "int8", 0],
  ["strideW", "int32", 0],
  ["strideH", "int32", 0],
];
export const dilationFields: readonly OptionField[] = [
  ["dilationW", "int32", 1],
  ["dilationH", "int32", 1],
];

/** Each output takes as many products as an output channel has weights. */
export const macsAnOutputChannel: Descriptor["macs"] = ({ output, weights: [channels = 0, ...rest] }) =>
  (sizeOf(output) * sizeOf([channels, ...rest])) / Math.max(1, channels);

/** A window of a tiny model. */
export const tinyWindow = { padding: paddings.SAME, strideW: 1, strideH: 1 };

export interface Window {
  options: Record<string, number>;
  out: number[];
}

/** Strides, dilation and padding for a window over an image. */
export function windowOver(
  random: Random,
  shape: readonly number[],
  kh: number,
  kw: number,
  dilate: boolean,
): Window | undefined {
  const dilated = dilate && random.chance(0.25);
  const [dilationH, dilationW] = dilated ? [random.int(1, 3), random.int(1, 3)] : [1, 1];
  const [strideH, strideW] = dilated && random.chance(0.7) ? [1, 1] : [random.int(1, 3), random.int(1, 3)];
  const padding = random.pick([paddings.SAME, paddings.VALID]);
  const size = (image: number, kernel: number, stride: number, dilation: number) => {
    const reach = (kernel - 1) * dilation + 1;
    return padding === paddings.SAME ? Math.ceil(image / stride) : Math.ceil((image - reach + 1) / stride);
  };
  const out = [size(shape[1]!, kh, strideH, dilationH), size(shape[2]!, kw, strideW, dilationW)];
  if (out.some((extent) => extent < 1)) return undefined;
  return { options: { padding, strideH, strideW, ...(dilate && { dilationH, dilationW }) }, out };
}
