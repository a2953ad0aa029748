import {
  BatchMatMul,
  _FusedMatMul,
  getKernel,
  registerKernel,
  unregisterKernel,
  type KernelConfig,
  type TensorInfo,
} from "@tensorflow/tfjs-core";
import { output, type KernelArguments, type WasmBackend } from "./heap.js";

type Kernel = (call: KernelArguments<Record<string, TensorInfo>, Record<string, unknown>>) => TensorInfo;

/** Below this many multiply-adds a transposition costs more than it saves. */
const smallProduct = 4096;

let plainProduct: Kernel;

/** Rows and columns of a square block that stays in the first-level cache on both sides. */
const block = 32;

/** The last two dimensions exchanged, block by block: several times faster than wasm's own, which strides through all of the output. */
export function transposed(backend: WasmBackend, x: TensorInfo): TensorInfo {
  const [rows, columns] = [x.shape.at(-2)!, x.shape.at(-1)!];
  const { info, values: to } = output(backend, [...x.shape.slice(0, -2), columns, rows]);
  const from = backend.typedArrayFromHeap(x);
  for (let matrix = 0; matrix < from.length; matrix += rows * columns)
    for (let top = 0; top < rows; top += block) {
      const bottom = Math.min(rows, top + block);
      for (let left = 0; left < columns; left += block) {
        const right = Math.min(columns, left + block);
        for (let column = left; column < right; column++)
          for (let row = top, at = matrix + column * rows; row < bottom; row++)
            to[at + row] = from[matrix + row * columns + column]!;
      }
    }
  return info;
}

/** a * b of matrices [.., m, k] and [.., k, n], by the kernel that is fast: neither is transposed. */
export function product(backend: WasmBackend, a: TensorInfo, b: TensorInfo): TensorInfo {
  return plainProduct({ inputs: { a, b }, backend, attrs: { transposeA: false, transposeB: false } });
}

const size = ({ shape }: TensorInfo): number => shape.reduce((product, n) => product * n, 1);

/** a b^T = (b a^T)^T and a^T b = (b^T a)^T: cheaper where the matrix to be transposed is larger than the other one and the result together. */
function turnedResult(backend: WasmBackend, a: TensorInfo, b: TensorInfo, isSecond: boolean): TensorInfo {
  const other = transposed(backend, isSecond ? a : b);
  const turned = isSecond ? product(backend, b, other) : product(backend, other, a);
  const result = transposed(backend, turned);
  backend.disposeData(other.dataId);
  backend.disposeData(turned.dataId);
  return result;
}

/** wasm multiplies transposed matrices some ten times slower than plain ones; a transposition in memory first is cheap beside that. */
export function batchMatMul({ inputs, backend, attrs }: Parameters<Kernel>[0]): TensorInfo {
  const a = inputs["a"]!;
  const b = inputs["b"]!;
  const inner = attrs["transposeA"] ? a.shape.at(-2)! : a.shape.at(-1)!;
  const work = (a.shape.at(-1)! * a.shape.at(-2)! * b.shape.at(-1)! * b.shape.at(-2)!) / inner;
  if ((!attrs["transposeA"] && !attrs["transposeB"]) || work < smallProduct)
    return plainProduct({ inputs, backend, attrs });
  if (attrs["transposeA"] !== attrs["transposeB"]) {
    const [turned, other] = attrs["transposeB"] ? [b, a] : [a, b];
    const result = work / inner;
    if (size(turned) > size(other) + result) return turnedResult(backend, a, b, Boolean(attrs["transposeB"]));
  }
  const left = attrs["transposeA"] ? transposed(backend, a) : a;
  const right = attrs["transposeB"] ? transposed(backend, b) : b;
  const result = product(backend, left, right);
  if (left !== a) backend.disposeData(left.dataId);
  if (right !== b) backend.disposeData(right.dataId);
  return result;
}

/** wasm's GatherV2 leaves the shape that it worked in with its result's data, and _FusedMatMul refuses a bias for that shape, though the tensor's own is right. */
function fusedMatMul(original: Kernel): Kernel {
  return (call) => {
    const { bias } = call.inputs;
    if (bias) call.backend.dataIdMap.get(bias.dataId).shape = bias.shape;
    return original(call);
  };
}

/** Replaces BatchMatMul by one that transposes in memory, and repairs _FusedMatMul. */
export function registerMatmul(): void {
  const original = getKernel(BatchMatMul, "wasm");
  plainProduct = original.kernelFunc as unknown as Kernel;
  unregisterKernel(BatchMatMul, "wasm");
  registerKernel({ ...original, kernelFunc: batchMatMul as unknown as KernelConfig["kernelFunc"] });
  const fused = getKernel(_FusedMatMul, "wasm");
  unregisterKernel(_FusedMatMul, "wasm");
  registerKernel({
    ...fused,
    kernelFunc: fusedMatMul(fused.kernelFunc as unknown as Kernel) as unknown as KernelConfig["kernelFunc"],
  });
}
