import {
  Conv2D,
  Conv2DBackpropFilter,
  Conv2DBackpropInput,
  FusedConv2D,
  backend_util,
  registerKernel,
  unregisterKernel,
  getKernel,
  type KernelConfig,
  type TensorInfo,
} from "@tensorflow/tfjs-core";
import { output, reshaped, type KernelArguments } from "./heap.js";
import { batchMatMul, product, transposed } from "./matmul.js";

type ConvInfo = backend_util.Conv2DInfo;
type Pads = number | "valid" | "same" | [[number, number], [number, number], [number, number], [number, number]];

interface Attributes {
  strides: [number, number] | number;
  pad: Pads;
  dimRoundingMode?: "floor" | "round" | "ceil";
  dataFormat?: string;
}

/** Rows of x that one tap of the filter meets, as a matrix [batch * outHeight * outWidth, channels]; outside the image 0. */
function tapRows(x: Float32Array, info: ConvInfo, kh: number, kw: number, rows: Float32Array): void {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth } = info;
  let to = 0;
  for (let n = 0; n < batchSize; n++)
    for (let oh = 0; oh < outHeight; oh++)
      for (let ow = 0; ow < outWidth; ow++, to += inChannels) {
        const ih = oh * info.strideHeight - info.padInfo.top + kh * info.dilationHeight;
        const iw = ow * info.strideWidth - info.padInfo.left + kw * info.dilationWidth;
        if (ih < 0 || ih >= inHeight || iw < 0 || iw >= inWidth) rows.fill(0, to, to + inChannels);
        else {
          const from = ((n * inHeight + ih) * inWidth + iw) * inChannels;
          rows.set(x.subarray(from, from + inChannels), to);
        }
      }
}

/** The way back of tapRows: adds each row to where it came from. */
function addTapRows(rows: Float32Array, info: ConvInfo, kh: number, kw: number, dx: Float32Array): void {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth } = info;
  let from = 0;
  for (let n = 0; n < batchSize; n++)
    for (let oh = 0; oh < outHeight; oh++)
      for (let ow = 0; ow < outWidth; ow++, from += inChannels) {
        const ih = oh * info.strideHeight - info.padInfo.top + kh * info.dilationHeight;
        const iw = ow * info.strideWidth - info.padInfo.left + kw * info.dilationWidth;
        if (ih < 0 || ih >= inHeight || iw < 0 || iw >= inWidth) continue;
        const to = ((n * inHeight + ih) * inWidth + iw) * inChannels;
        for (let c = 0; c < inChannels; c++) dx[to + c]! += rows[from + c]!;
      }
}

/** A 1x1 filter that moves by 1: the convolution is one matrix product. */
const isPointwise = (info: ConvInfo): boolean =>
  info.filterHeight === 1 &&
  info.filterWidth === 1 &&
  info.strideHeight === 1 &&
  info.strideWidth === 1 &&
  info.padInfo.top === 0 &&
  info.padInfo.left === 0 &&
  info.inHeight === info.outHeight &&
  info.inWidth === info.outWidth;

function information(xShape: number[], filterShape: number[], attrs: Attributes): ConvInfo {
  return backend_util.computeConv2DInfo(
    xShape as [number, number, number, number],
    filterShape as [number, number, number, number],
    attrs.strides,
    1,
    attrs.pad,
    attrs.dimRoundingMode,
  );
}

/** dW[kh, kw] = (rows of x under that tap)^T dy: one untransposed product per tap, after a transposition in memory. */
function backpropFilter({
  inputs,
  backend,
  attrs,
}: KernelArguments<{ x: TensorInfo; dy: TensorInfo }, Attributes & { filterShape: number[] }>): TensorInfo {
  const { x, dy } = inputs;
  const info = information(x.shape, attrs.filterShape, attrs);
  const { inChannels, outChannels, filterHeight, filterWidth } = info;
  const count = info.batchSize * info.outHeight * info.outWidth;
  const dyMatrix = reshaped(backend, dy, [count, outChannels]);
  const tapFilter = (rows: TensorInfo): TensorInfo => {
    const columns = transposed(backend, rows);
    const part = product(backend, columns, dyMatrix);
    backend.disposeData(columns.dataId);
    return part;
  };
  if (isPointwise(info)) {
    const rows = reshaped(backend, x, [count, inChannels]);
    const dw = tapFilter(rows);
    backend.disposeData(rows.dataId);
    backend.disposeData(dyMatrix.dataId);
    return { ...dw, shape: attrs.filterShape };
  }
  const dw = output(backend, attrs.filterShape).info;
  for (let kh = 0; kh < filterHeight; kh++)
    for (let kw = 0; kw < filterWidth; kw++) {
      const rows = output(backend, [count, inChannels]);
      tapRows(backend.typedArrayFromHeap(x), info, kh, kw, rows.values);
      const part = tapFilter(rows.info);
      backend
        .typedArrayFromHeap(dw)
        .set(backend.typedArrayFromHeap(part), (kh * filterWidth + kw) * inChannels * outChannels);
      backend.disposeData(part.dataId);
      backend.disposeData(rows.info.dataId);
    }
  backend.disposeData(dyMatrix.dataId);
  return dw;
}

/** dx: dy W[kh, kw]^T is what each tap sends back to the rows that it met. */
function backpropInput({
  inputs,
  backend,
  attrs,
}: KernelArguments<{ dy: TensorInfo; filter: TensorInfo }, Attributes & { inputShape: number[] }>): TensorInfo {
  const { dy, filter } = inputs;
  const info = information(attrs.inputShape, filter.shape, attrs);
  const { inChannels, outChannels, filterHeight, filterWidth } = info;
  const dyMatrix = reshaped(backend, dy, [info.batchSize * info.outHeight * info.outWidth, outChannels]);
  const taps = filterHeight * filterWidth;
  if (isPointwise(info)) {
    const matrix = reshaped(backend, filter, [inChannels, outChannels]);
    const dx = batchMatMul({
      inputs: { a: dyMatrix, b: matrix },
      backend,
      attrs: { transposeA: false, transposeB: true },
    });
    for (const done of [matrix, dyMatrix]) backend.disposeData(done.dataId);
    return { ...dx, shape: attrs.inputShape };
  }
  const byTap = reshaped(backend, filter, [taps, inChannels, outChannels]);
  const turned = transposed(backend, byTap);
  backend.disposeData(byTap.dataId);
  const { info: dx, values } = output(backend, attrs.inputShape);
  values.fill(0);
  for (let tap = 0; tap < taps; tap++) {
    const matrix = output(backend, [outChannels, inChannels]);
    matrix.values.set(
      backend.typedArrayFromHeap(turned).subarray(tap * inChannels * outChannels, (tap + 1) * inChannels * outChannels),
    );
    const rows = product(backend, dyMatrix, matrix.info);
    addTapRows(
      backend.typedArrayFromHeap(rows),
      info,
      Math.floor(tap / filterWidth),
      tap % filterWidth,
      backend.typedArrayFromHeap(dx),
    );
    backend.disposeData(rows.dataId);
    backend.disposeData(matrix.info.dataId);
  }
  for (const done of [turned, dyMatrix]) backend.disposeData(done.dataId);
  return dx;
}

type Forward = (
  call: KernelArguments<
    { x: TensorInfo; filter: TensorInfo; bias?: TensorInfo; preluActivationWeights?: TensorInfo },
    Attributes & { activation?: string; dilations?: number | [number, number] }
  >,
) => TensorInfo;

/** A pointwise convolution with nothing behind it is a matrix product; wasm's convolution prepares its filter again after each step, which takes as long. */
function forward(original: Forward): Forward {
  return (call) => {
    const { x, filter, bias } = call.inputs;
    const isPlain =
      !bias &&
      (call.attrs.activation ?? "linear") === "linear" &&
      call.attrs.dataFormat !== "NCHW" &&
      x.shape.length === 4;
    const info = isPlain ? information(x.shape, filter.shape, call.attrs) : undefined;
    if (!info || !isPointwise(info)) return original(call);
    const { backend } = call;
    const rows = reshaped(backend, x, [info.batchSize * info.outHeight * info.outWidth, info.inChannels]);
    const matrix = reshaped(backend, filter, [info.inChannels, info.outChannels]);
    const y = product(backend, rows, matrix);
    for (const done of [rows, matrix]) backend.disposeData(done.dataId);
    return { ...y, shape: info.outShape };
  };
}

/** The gradients of a convolution: of its filter, which wasm lacks, and of its input, which wasm has as a plain loop; and pointwise convolutions as products. */
export function registerConv(): void {
  if (getKernel(Conv2DBackpropInput, "wasm") as KernelConfig | undefined) unregisterKernel(Conv2DBackpropInput, "wasm");
  const register = (kernelName: string, kernel: (call: never) => TensorInfo): void =>
    registerKernel({ kernelName, backendName: "wasm", kernelFunc: kernel as unknown as KernelConfig["kernelFunc"] });
  register(Conv2DBackpropInput, backpropInput);
  register(Conv2DBackpropFilter, backpropFilter);
  for (const name of [Conv2D, FusedConv2D]) {
    const { kernelFunc, ...rest } = getKernel(name, "wasm");
    unregisterKernel(name, "wasm");
    registerKernel({
      ...rest,
      kernelFunc: forward(kernelFunc as unknown as Forward) as unknown as KernelConfig["kernelFunc"],
    });
  }
}
