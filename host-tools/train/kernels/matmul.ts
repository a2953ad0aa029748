import { BatchMatMul, Transpose, _FusedMatMul, getKernel, registerKernel, unregisterKernel, type KernelConfig, type TensorInfo } from "@tensorflow/tfjs-core";
import type { KernelArguments, WasmBackend } from "./heap.js";

type Kernel = (call: KernelArguments<Record<string, TensorInfo>, Record<string, unknown>>) => TensorInfo;

/** Below this many multiply-adds a transposition costs more than it saves. */
const smallProduct = 4096;

let plainProduct: Kernel;
let transpose: Kernel;

/** The last two dimensions exchanged. */
export function transposed(backend: WasmBackend, x: TensorInfo): TensorInfo {
  const rank = x.shape.length;
  const perm = x.shape.map((_, axis) => (axis < rank - 2 ? axis : axis === rank - 2 ? rank - 1 : rank - 2));
  return transpose({ inputs: { x }, backend, attrs: { perm } });
}

/** a * b of matrices [.., m, k] and [.., k, n], by the kernel that is fast: neither is transposed. */
export function product(backend: WasmBackend, a: TensorInfo, b: TensorInfo): TensorInfo {
  return plainProduct({ inputs: { a, b }, backend, attrs: { transposeA: false, transposeB: false } });
}

/** wasm multiplies transposed matrices some ten times slower than plain ones; a transposition in memory first is cheap beside that. */
function batchMatMul({ inputs, backend, attrs }: Parameters<Kernel>[0]): TensorInfo {
  const a = inputs["a"]!;
  const b = inputs["b"]!;
  const inner = attrs["transposeA"] ? a.shape.at(-2)! : a.shape.at(-1)!;
  const work = (a.shape.at(-1)! * a.shape.at(-2)! * b.shape.at(-1)! * b.shape.at(-2)!) / inner;
  if ((!attrs["transposeA"] && !attrs["transposeB"]) || work < smallProduct) return plainProduct({ inputs, backend, attrs });
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
  transpose = getKernel(Transpose, "wasm").kernelFunc as unknown as Kernel;
  unregisterKernel(BatchMatMul, "wasm");
  registerKernel({ ...original, kernelFunc: batchMatMul as unknown as KernelConfig["kernelFunc"] });
  const fused = getKernel(_FusedMatMul, "wasm");
  unregisterKernel(_FusedMatMul, "wasm");
  registerKernel({ ...fused, kernelFunc: fusedMatMul(fused.kernelFunc as unknown as Kernel) as unknown as KernelConfig["kernelFunc"] });
}
