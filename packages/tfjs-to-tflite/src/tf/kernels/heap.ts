import { util, type DataId, type TensorInfo } from "@tensorflow/tfjs-core";

/** What the kernels here use of tfjs' wasm backend. */
export interface WasmBackend {
  makeOutput(shape: number[], dtype: "float32"): TensorInfo;
  typedArrayFromHeap(info: TensorInfo): Float32Array;
  disposeData(id: DataId): boolean;
  incRef(id: DataId): void;
  dataIdMap: { get(id: DataId): { shape: number[] } };
}

export interface KernelArguments<Inputs, Attributes> {
  inputs: Inputs;
  backend: WasmBackend;
  attrs: Attributes;
}

/** A new tensor and its place in the heap. The view is good only until something else is allocated: the heap may grow and move. */
export function output(backend: WasmBackend, shape: number[]): { info: TensorInfo; values: Float32Array } {
  const info = backend.makeOutput(shape, "float32");
  return { info, values: backend.typedArrayFromHeap(info) };
}

/** The same data under another shape; must be disposed of like any other. */
export function reshaped(backend: WasmBackend, tensor: TensorInfo, shape: number[]): TensorInfo {
  util.assert(
    util.sizeFromShape(shape) === util.sizeFromShape(tensor.shape),
    () => `cannot see ${String(tensor.shape)} as ${String(shape)}`,
  );
  backend.incRef(tensor.dataId);
  return { dataId: tensor.dataId, shape, dtype: tensor.dtype };
}
