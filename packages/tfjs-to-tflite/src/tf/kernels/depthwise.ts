import {
  DepthwiseConv2dNativeBackpropFilter,
  DepthwiseConv2dNativeBackpropInput,
  backend_util,
  registerKernel,
  type KernelConfig,
  type TensorInfo,
} from "@tensorflow/tfjs-core";
import { output, type KernelArguments } from "./heap.js";

type ConvInfo = backend_util.Conv2DInfo;

interface Attributes {
  strides: [number, number] | number;
  dilations?: [number, number] | number;
  pad: number | "valid" | "same";
  dimRoundingMode?: "floor" | "round" | "ceil";
}

/** Calls back for each meeting of a filter tap with the image: offsets of the tap's, the input's and the output's channels. */
function eachMeeting(info: ConvInfo, meet: (tap: number, input: number, output: number) => void): void {
  const {
    batchSize,
    inHeight,
    inWidth,
    inChannels,
    outHeight,
    outWidth,
    outChannels,
    filterHeight,
    filterWidth,
    strideHeight,
    strideWidth,
  } = info;
  for (let kh = 0; kh < filterHeight; kh++)
    for (let kw = 0; kw < filterWidth; kw++) {
      const tap = (kh * filterWidth + kw) * outChannels;
      for (let n = 0; n < batchSize; n++)
        for (let oh = 0; oh < outHeight; oh++) {
          const ih = oh * strideHeight - info.padInfo.top + kh * info.dilationHeight;
          if (ih < 0 || ih >= inHeight) continue;
          for (let ow = 0; ow < outWidth; ow++) {
            const iw = ow * strideWidth - info.padInfo.left + kw * info.dilationWidth;
            if (iw < 0 || iw >= inWidth) continue;
            meet(
              tap,
              ((n * inHeight + ih) * inWidth + iw) * inChannels,
              ((n * outHeight + oh) * outWidth + ow) * outChannels,
            );
          }
        }
    }
}

function information(
  xShape: number[],
  filterShape: number[],
  { strides, dilations, pad, dimRoundingMode }: Attributes,
): ConvInfo {
  return backend_util.computeConv2DInfo(
    xShape as [number, number, number, number],
    filterShape as [number, number, number, number],
    strides,
    dilations ?? 1,
    pad,
    dimRoundingMode,
    true,
  );
}

function backpropFilter({
  inputs,
  backend,
  attrs,
}: KernelArguments<{ x: TensorInfo; dy: TensorInfo }, Attributes & { filterShape: number[] }>): TensorInfo {
  const info = information(inputs.x.shape, attrs.filterShape, attrs);
  const { info: result, values: dw } = output(backend, attrs.filterShape);
  const x = backend.typedArrayFromHeap(inputs.x);
  const dy = backend.typedArrayFromHeap(inputs.dy);
  const { inChannels } = info;
  const multiplier = info.outChannels / inChannels;
  dw.fill(0);
  eachMeeting(info, (tap, from, to) => {
    if (multiplier === 1) for (let c = 0; c < inChannels; c++) dw[tap + c]! += x[from + c]! * dy[to + c]!;
    else
      for (let c = 0; c < inChannels * multiplier; c++)
        dw[tap + c]! += x[from + Math.floor(c / multiplier)]! * dy[to + c]!;
  });
  return result;
}

function backpropInput({
  inputs,
  backend,
  attrs,
}: KernelArguments<{ dy: TensorInfo; filter: TensorInfo }, Attributes & { inputShape: number[] }>): TensorInfo {
  const info = information(attrs.inputShape, inputs.filter.shape, attrs);
  const { info: result, values: dx } = output(backend, attrs.inputShape);
  const w = backend.typedArrayFromHeap(inputs.filter);
  const dy = backend.typedArrayFromHeap(inputs.dy);
  const { inChannels } = info;
  const multiplier = info.outChannels / inChannels;
  dx.fill(0);
  eachMeeting(info, (tap, from, to) => {
    if (multiplier === 1) for (let c = 0; c < inChannels; c++) dx[from + c]! += w[tap + c]! * dy[to + c]!;
    else
      for (let c = 0; c < inChannels * multiplier; c++)
        dx[from + Math.floor(c / multiplier)]! += w[tap + c]! * dy[to + c]!;
  });
  return result;
}

/** The gradients of a depthwise convolution, which wasm lacks: one shift, multiplication and addition per tap. */
export function registerDepthwise(): void {
  const register = (kernelName: string, kernel: (call: never) => TensorInfo): void =>
    registerKernel({ kernelName, backendName: "wasm", kernelFunc: kernel as unknown as KernelConfig["kernelFunc"] });
  register(DepthwiseConv2dNativeBackpropFilter, backpropFilter);
  register(DepthwiseConv2dNativeBackpropInput, backpropInput);
}
